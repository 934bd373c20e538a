import { NO_BROKER, type Log } from '@dialtone/engine';
import { Kafka, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { kafkaLogCreator } from './kafka-log';

/** How to reach the cluster. No brokers: Kafka delivery is off, and everything here says so instead of failing. */
export interface KafkaConnection {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Over TLS, with these certificates; false, the default: in the clear. */
  readonly ssl?: boolean | KafkaCertificates;
  readonly sasl?: KafkaCredentials;
}

/** Texts in PEM. */
export interface KafkaCertificates {
  /** Authorities that are trusted in place of the usual ones. */
  readonly ca?: string;
  /** With which this client proves itself; both or none. */
  readonly cert?: string;
  readonly key?: string;
}

export interface KafkaCredentials {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export class NoBrokerError extends Error {
  constructor() {
    super(NO_BROKER);
    this.name = 'NoBrokerError';
  }
}

export const hasBrokers = (connection: KafkaConnection): boolean => connection.brokers.length > 0;

/** Client settings that all producers, consumers and admins share. */
export const kafkaConfigOf = (connection: KafkaConnection, logger: Log): Omit<KafkaConfig, 'logLevel'> => ({
  brokers: [...connection.brokers],
  clientId: connection.clientId,
  ssl: sslOf(connection.ssl ?? false),
  ...(connection.sasl === undefined ? {} : { sasl: saslOf(connection.sasl) }),
  // The default of 1 s gives up on a busy cluster.
  connectionTimeout: 10_000,
  authenticationTimeout: 10_000,
  requestTimeout: 15_000,
  // Few and quick: each user of the client has a loop of its own that waits longer and can be stopped.
  retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 2_000 },
  logCreator: kafkaLogCreator(logger),
});

export const createKafka = (connection: KafkaConnection, logger: Log): Kafka => {
  if (!hasBrokers(connection)) throw new NoBrokerError();
  return new Kafka(kafkaConfigOf(connection, logger));
};

const sslOf = (ssl: boolean | KafkaCertificates): NonNullable<KafkaConfig['ssl']> =>
  typeof ssl === 'boolean' ? ssl : { ...ssl };

const saslOf = ({ mechanism, username, password }: KafkaCredentials): SASLOptions => {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
};
