import { ensureTopics, kafkaConnectionOf } from '@dialtone/messaging';
import { createLogger, type AdminConfig } from '@dialtone/platform';
import { withBroker } from '../explain';
import { print } from './with-stores';

export const createTopics = async (config: AdminConfig): Promise<void> => {
  const logger = createLogger({ name: 'admin', level: 'silent' });
  const connection = kafkaConnectionOf(config, 'dialtone-admin');
  print(await withBroker(() => ensureTopics(connection, { logger })));
};
