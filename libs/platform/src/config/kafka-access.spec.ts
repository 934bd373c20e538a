import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminConfig, reconcilerConfig } from './apps';
import { ConfigError, type Environment } from './variable';

let directory: string;
let pem: string;
let other: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'dialtone-pem-'));
  pem = join(directory, 'ca.pem');
  other = join(directory, 'note.txt');
  writeFileSync(pem, '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n');
  writeFileSync(other, 'no certificate');
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const complete = {
  DATABASE_URL: 'postgresql://u:p@db/d',
  API_KEY_PEPPER: randomBytes(32).toString('base64'),
  CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
};
const LOGIN = { KAFKA_SASL_USERNAME: 'app', KAFKA_SASL_PASSWORD: 'hunter2' };

const sentencesOf = (env: Environment, read: (env: Environment) => unknown): readonly string[] => {
  try {
    read({ ...complete, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ sentence }) => sentence);
    throw error;
  }
};

describe('how the brokers are reached', () => {
  it('is read from files and variables', () => {
    const env = { KAFKA_TLS: 'true', KAFKA_CA_FILE: pem, KAFKA_SASL_MECHANISM: 'plain', ...LOGIN };
    expect(reconcilerConfig({ ...complete, ...env })).toMatchObject({
      kafkaTls: true,
      kafkaCa: expect.stringContaining('BEGIN CERTIFICATE') as string,
      kafkaSaslMechanism: 'plain',
      kafkaSaslUsername: 'app',
    });
  });

  it.each<{ name: string; env: () => Environment; says: readonly RegExp[] }>([
    {
      name: 'a file that is not there',
      env: () => ({ KAFKA_CA_FILE: '/none.pem' }),
      says: [/^KAFKA_CA_FILE is "\/none\.pem"\. It must be .* path of a PEM file/],
    },
    { name: 'a file of another kind', env: () => ({ KAFKA_CA_FILE: other }), says: [/^KAFKA_CA_FILE is /] },
    {
      name: 'certificates without TLS',
      env: () => ({ KAFKA_CA_FILE: pem }),
      says: [/^KAFKA_CA_FILE is given without TLS\. Set KAFKA_TLS=true/],
    },
    {
      name: 'a certificate without its key',
      env: () => ({ KAFKA_TLS: 'true', KAFKA_CERT_FILE: pem }),
      says: [/^KAFKA_KEY_FILE is missing/],
    },
    {
      name: 'a key without its certificate',
      env: () => ({ KAFKA_TLS: 'true', KAFKA_KEY_FILE: pem }),
      says: [/^KAFKA_CERT_FILE is missing/],
    },
    {
      name: 'a mechanism without a login',
      env: () => ({ KAFKA_SASL_MECHANISM: 'plain' }),
      says: [/^KAFKA_SASL_USERNAME is missing/, /^KAFKA_SASL_PASSWORD is missing/],
    },
    {
      name: 'a login without a mechanism',
      env: () => LOGIN,
      says: [/^KAFKA_SASL_USERNAME is given without a mechanism/, /^KAFKA_SASL_PASSWORD is given/],
    },
    {
      name: 'an unknown mechanism',
      env: () => ({ KAFKA_SASL_MECHANISM: 'oauth', ...LOGIN }),
      says: [/^KAFKA_SASL_MECHANISM is "oauth"\. .* one of none, plain, scram-sha-256, scram-sha-512/],
    },
  ])('is refused with $name, by every process that uses them', ({ env, says }) => {
    for (const read of [reconcilerConfig, adminConfig]) {
      const sentences = sentencesOf(env(), read);
      expect(sentences).toEqual(says.map((says) => expect.stringMatching(says) as string));
      expect(sentences.join(' ')).not.toContain('hunter2');
    }
  });
});
