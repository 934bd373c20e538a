import * as kind from './kinds';
import type { Variable } from './variable';

export const database = {
  databaseUrl: kind.postgresUrl('DATABASE_URL'),
  databasePoolSize: kind.integer('DATABASE_POOL_SIZE', {
    min: 2,
    max: 200,
    what: "the number of connections in this process's pool",
    fallback: 10,
  }),
};

/** Of what runs without end; what an operator runs takes as long as it takes. */
export const databaseLimits = {
  databaseTimeoutMs: kind.milliseconds('DATABASE_TIMEOUT_MS', {
    min: 500,
    max: 600_000,
    what: 'how long the database may take for a statement or for a new connection, before its connection is given up',
    fallback: 5_000,
  }),
  databaseWaitMs: kind.milliseconds('DATABASE_WAIT_MS', {
    min: 0,
    max: 3_600_000,
    what: 'how long a start waits for a database that does not answer, before the process ends',
    fallback: 60_000,
  }),
};

export const secrets = {
  apiKeyPepper: kind.randomKey('API_KEY_PEPPER', 'the key of the digests under which API keys are stored'),
  credentialsKeys: kind.keyRing('CREDENTIALS_KEYS', 'the keys that seal stored carrier credentials'),
};

export const kafka = {
  kafkaBrokers: kind.brokerList('KAFKA_BROKERS'),
  kafkaTls: kind.flag('KAFKA_TLS', { what: 'whether the brokers are reached over TLS', fallback: false }),
  kafkaCa: kind.pemFile('KAFKA_CA_FILE', {
    what: 'the certificates of the authorities that sign those of the brokers, in place of the usual ones',
    example: '/etc/dialtone/kafka-ca.pem',
  }),
  kafkaCertificate: kind.pemFile('KAFKA_CERT_FILE', {
    what: 'the certificate with which this client proves itself to the brokers',
    example: '/etc/dialtone/kafka-client.pem',
  }),
  kafkaKey: kind.pemFile('KAFKA_KEY_FILE', {
    what: 'the private key of KAFKA_CERT_FILE',
    example: '/etc/dialtone/kafka-client.key',
  }),
  kafkaSaslMechanism: kind.oneOf('KAFKA_SASL_MECHANISM', {
    words: ['none', 'plain', 'scram-sha-256', 'scram-sha-512'],
    what: 'how this client logs in to the brokers',
    fallback: 'none',
  }),
  kafkaSaslUsername: kind.secretText('KAFKA_SASL_USERNAME', 'the user of KAFKA_SASL_MECHANISM, or empty for none'),
  kafkaSaslPassword: kind.secretText('KAFKA_SASL_PASSWORD', 'the password of KAFKA_SASL_USERNAME, or empty for none'),
};

export const logging = {
  logLevel: kind.oneOf('LOG_LEVEL', {
    words: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    what: 'the least severe level that is logged',
    fallback: 'info',
  }),
};

export const build = {
  buildRevision: kind.text('BUILD_REVISION', {
    pattern: /^[\w.+-]{1,64}$/,
    mustBe: 'which revision of the source was built, shown in dialtone_build_info: at most 64 letters, digits and ._+-',
    example: '3f1c2ab',
    fallback: 'unknown',
  }),
};

export const host = {
  host: kind.text('HOST', {
    pattern: /^[A-Za-z0-9.:_-]+$/,
    mustBe: 'the address to listen on, 0.0.0.0 for all',
    example: '127.0.0.1',
    fallback: '127.0.0.1',
  }),
};

export const metrics = (
  fallback: number,
): { readonly metricsHost: Variable<string>; readonly metricsPort: Variable<number> } => ({
  metricsHost: kind.text('METRICS_HOST', {
    pattern: /^[A-Za-z0-9.:_-]*$/,
    mustBe: 'the address to listen on for metrics and health, 0.0.0.0 for all, or empty for that of HOST',
    example: '127.0.0.1',
    fallback: '',
  }),
  metricsPort: kind.integer('METRICS_PORT', {
    min: 0,
    max: 65_535,
    what: 'the port for metrics and health, which only operators may reach; 0 for any free one',
    fallback,
  }),
});
