import { join, resolve } from 'node:path';
import { eventually, explained, runAdmin, startSystem, type System } from './harness';

const TLS = resolve(__dirname, '../setup/tls');

let system: System;
beforeAll(async () => {
  system = await startSystem({ isSecured: true });
});
afterAll(() => system.stop());

describe('a broker and a database that are reached over TLS only with a verified certificate', () => {
  it(
    'carry a number to READY, its drift and its repair',
    explained(async () => {
      const { key } = await system.readyDid();
      await system.simulator.breakRouting(key, 'sip');
      await eventually(() => {
        expect(system.events?.drift(key).map(({ type }) => type)).toContain('dialtone.drift.detected.v1');
      });
      await system.allReady([key]);
      await system.delivered();
      // Both processes, and nothing of theirs in the clear.
      const sessions = await system.query<{ application_name: string; ssl: boolean }>(
        `select distinct application_name, ssl from pg_stat_activity join pg_stat_ssl using (pid)
          where datname = current_database() and application_name <> 'dialtone-test' and client_addr is not null order by 1`,
      );
      expect(sessions).toEqual([
        { application_name: 'dialtone-api-gateway', ssl: true },
        { application_name: 'dialtone-listener', ssl: true },
        { application_name: 'dialtone-reconciler', ssl: true },
      ]);
    }),
  );

  it.each([
    { name: 'plain', env: { KAFKA_SASL_MECHANISM: 'plain' } },
    { name: 'scram-sha-256', env: { KAFKA_SASL_MECHANISM: 'scram-sha-256' } },
    {
      name: 'a client certificate beside the login',
      env: { KAFKA_CERT_FILE: join(TLS, 'client.pem'), KAFKA_KEY_FILE: join(TLS, 'client.key') },
    },
  ])('take $name', async ({ env }) => {
    const { code, output } = await runAdmin(['topics'], { ...system.environment, ...env });
    expect([code, output]).toEqual([0, expect.stringContaining('"')]);
  });

  it.each([
    {
      name: 'a wrong password',
      args: ['topics'],
      env: { KAFKA_SASL_PASSWORD: 'wrong' },
      says: /SASL SCRAM SHA512 authentication failed/,
    },
    {
      name: 'no login',
      args: ['topics'],
      env: { KAFKA_SASL_MECHANISM: 'none', KAFKA_SASL_USERNAME: '', KAFKA_SASL_PASSWORD: '' },
      says: /^Kafka cannot do this/,
    },
    { name: 'no TLS', args: ['topics'], env: { KAFKA_TLS: 'false', KAFKA_CA_FILE: '' }, says: /^Kafka cannot do this/ },
    {
      name: 'a broker that an unknown authority vouches for',
      args: ['topics'],
      env: { KAFKA_CA_FILE: join(TLS, 'stranger.pem') },
      says: /certificate/,
    },
    {
      name: 'a database that an unknown authority vouches for',
      args: ['partner', 'list'],
      env: { ca: 'stranger.pem' },
      says: /certificate/,
    },
  ])('are not used with $name', async ({ args, env, says }) => {
    const url = new URL(system.environment['DATABASE_URL'] ?? '');
    if ('ca' in env) url.searchParams.set('sslrootcert', join(TLS, env.ca));
    const { code, output } = await runAdmin(args, { ...system.environment, ...env, DATABASE_URL: url.toString() });
    expect([code, output]).toEqual([1, expect.stringMatching(says)]);
  });
});
