import { ensureTopics } from '@dialtone/messaging';
import { createLogger, type AdminConfig } from '@dialtone/platform';
import { print } from './with-stores';

export const createTopics = async (config: AdminConfig): Promise<void> => {
  const logger = createLogger({ name: 'admin', level: 'silent' });
  print(await ensureTopics({ brokers: config.kafkaBrokers, clientId: 'dialtone-admin' }, { logger }));
};
