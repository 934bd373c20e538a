import { ensureTopics } from '@dialtone/messaging';
import { createLogger, type AdminConfig } from '@dialtone/platform';
import { withBroker } from '../explain';
import { print } from './with-stores';

export const createTopics = async (config: AdminConfig): Promise<void> => {
  const logger = createLogger({ name: 'admin', level: 'silent' });
  const connection = { brokers: config.kafkaBrokers, clientId: 'dialtone-admin' };
  print(await withBroker(() => ensureTopics(connection, { logger })));
};
