import { type KafkaConfig, logLevel, type LogEntry, type SASLOptions } from 'kafkajs';
import type { Log } from '../operations/log';
import type { Settings } from '../settings/settings';

const saslOf = ({ KAFKA_SASL_MECHANISM: mechanism, ...settings }: Settings): SASLOptions | null => {
  const login = { username: settings.KAFKA_SASL_USERNAME, password: settings.KAFKA_SASL_PASSWORD };
  switch (mechanism) {
    case 'none':
      return null;
    case 'plain':
      return { mechanism, ...login };
    case 'scram-sha-256':
      return { mechanism, ...login };
    case 'scram-sha-512':
      return { mechanism, ...login };
  }
};

/** kafkajs tells each refused connection as an error: the server tells of an outage once, in its own words. */
const logCreator =
  (log: Log) =>
  () =>
  ({ namespace, level, log: entry }: LogEntry): void => {
    const say = level === logLevel.ERROR && ['Consumer', 'Runner'].includes(namespace) ? 'warn' : 'debug';
    log[say]({ kafka: namespace, error: entry['error'] as unknown }, `kafkajs: ${entry.message}`);
  };

/** How all clients of this process reach the brokers. */
export const kafkaOptions = (settings: Settings, log: Log): Omit<KafkaConfig, 'logLevel'> => {
  const sasl = saslOf(settings);
  return {
    brokers: settings.KAFKA_BROKERS,
    clientId: 'drift-notifier',
    ssl: settings.KAFKA_TLS === 'true',
    ...(sasl !== null && { sasl }),
    connectionTimeout: 10_000,
    authenticationTimeout: 10_000,
    requestTimeout: 15_000,
    // Few and quick: the server has a loop of its own that waits longer and can be stopped.
    retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 2_000 },
    logCreator: logCreator(log),
  };
};
