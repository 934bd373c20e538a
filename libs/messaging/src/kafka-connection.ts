import type { KafkaCertificates, KafkaConnection, KafkaCredentials } from './kafka-client';

/** How an operator says that the brokers are reached; the variables KAFKA_*. */
export interface KafkaSettings {
  readonly kafkaBrokers: readonly string[];
  readonly kafkaTls: boolean;
  /** Contents of PEM files. */
  readonly kafkaCa: string | null;
  readonly kafkaCertificate: string | null;
  readonly kafkaKey: string | null;
  readonly kafkaSaslMechanism: KafkaCredentials['mechanism'] | 'none';
  readonly kafkaSaslUsername: string;
  readonly kafkaSaslPassword: string;
}

const certificatesOf = ({ kafkaCa, kafkaCertificate, kafkaKey }: KafkaSettings): KafkaCertificates => ({
  ...(kafkaCa !== null && { ca: kafkaCa }),
  ...(kafkaCertificate !== null && { cert: kafkaCertificate }),
  ...(kafkaKey !== null && { key: kafkaKey }),
});

export const kafkaConnectionOf = (settings: KafkaSettings, clientId: string): KafkaConnection => {
  const { kafkaBrokers, kafkaTls, kafkaSaslMechanism: mechanism } = settings;
  return {
    brokers: kafkaBrokers,
    clientId,
    ssl: kafkaTls && certificatesOf(settings),
    ...(mechanism !== 'none' && {
      sasl: { mechanism, username: settings.kafkaSaslUsername, password: settings.kafkaSaslPassword },
    }),
  };
};
