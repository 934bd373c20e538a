import { eventually, explained, startSystem, type AppName, Child, type Environment, type System } from './harness';

// Without a broker: everything but delivery works.
let system: System;
beforeAll(async () => {
  system = await startSystem({ brokers: null, env: { VOICELINK_TIMEOUT_MS: '30000' } });
});
afterAll(() => system.stop());

describe('without a broker', () => {
  it(
    'DIDs are made READY, drifts are repaired, and the events wait in the log, numbered',
    explained(async () => {
      const { key } = await system.readyDid();
      await system.simulator.breakRouting(key, 'sip');
      await eventually(async () => {
        expect((await system.simulator.did(key)).routing?.forOutboundCall).toBe(3);
      });
      await system.allReady([key]);
      const numbered = await eventually(async () => {
        const rows = await system.query<{ type: string; position: string | null }>(
          "select type, position from event_log where key = $1 and type like '%drift%' order by id",
          [key],
        );
        expect(rows.map(({ position }) => position)).not.toContain(null);
        expect(rows.at(-1)?.type).toBe('dialtone.drift.resolved.v1');
        return rows;
      });
      expect(numbered.filter(({ type }) => type === 'dialtone.drift.resolved.v1')).toHaveLength(2);
      expect(system.reconciler.output).toContain('KAFKA_BROKERS is empty');
      expect(await system.metrics(system.reconciler)).toMatch(/^dialtone_events_unsent\{cursor="kafka"\} [1-9]/m);
    }),
  );
});

const CANARY = 'c4n4ryc4n4ryc4n4ry';

interface Mistake {
  readonly app: AppName;
  readonly variable: string;
  /** Undefined: missing. */
  readonly value?: string;
  readonly also?: Environment;
  readonly mustBe: string;
}

const MISTAKES: readonly Mistake[] = [
  { app: 'api-gateway', variable: 'DATABASE_URL', mustBe: 'the URL of a PostgreSQL database' },
  { app: 'reconciler', variable: 'DATABASE_URL', value: `mysql://u:${CANARY}@h/d`, mustBe: 'the URL of a PostgreSQL' },
  { app: 'admin', variable: 'DATABASE_URL', mustBe: 'the URL of a PostgreSQL database' },
  { app: 'api-gateway', variable: 'API_KEY_PEPPER', value: CANARY, mustBe: 'at least 32 random bytes in base64' },
  { app: 'reconciler', variable: 'CREDENTIALS_KEYS', value: `k1:${CANARY}`, mustBe: 'id:key pairs' },
  { app: 'admin', variable: 'CREDENTIALS_KEYS', mustBe: 'id:key pairs' },
  { app: 'api-gateway', variable: 'PORT', value: '70000', mustBe: 'a whole number from 0 to 65535' },
  { app: 'reconciler', variable: 'KAFKA_BROKERS', value: 'localhost', mustBe: 'Kafka brokers as host:port' },
  { app: 'reconciler', variable: 'DRY_RUN', value: 'yes', mustBe: 'true or false' },
  { app: 'reconciler', variable: 'BACKOFF_CAP_MS', value: '10', mustBe: 'at least BACKOFF_BASE_MS' },
];

describe('a process with a wrong configuration', () => {
  it.each(MISTAKES)('ends with code 78 and a sentence: $app, $variable = $value', ({ app, variable, value, mustBe }) =>
    explained(async () => {
      // An empty value counts as a missing one.
      const env = { ...system.environment, [variable]: value ?? '' };
      const child = new Child(app, app, { env, args: app === 'admin' ? ['migrate'] : [] });
      expect(await child.ended).toEqual({ code: 78, signal: null });
      expect(child.output).toContain(`${variable} ${value === undefined ? 'is missing' : ''}`);
      expect(child.output).toContain(mustBe);
      expect(child.output).toMatch(new RegExp(`for example ${variable}=\\S`));
      expect(child.output).not.toContain(CANARY);
      expect(system.leaks([child.output])).toEqual([]);
      // A service says it in one line of its log, a command in a heading and a sentence.
      expect(child.output.trim().split('\n')).toHaveLength(app === 'admin' ? 2 : 1);
    })(),
  );

  it(
    'is told all of its mistakes at once',
    explained(async () => {
      const child = new Child('gateway', 'api-gateway', { env: { PORT: 'http', LOG_LEVEL: 'loud' } });
      expect(await child.ended).toEqual({ code: 78, signal: null });
      const named = ['DATABASE_URL', 'API_KEY_PEPPER', 'CREDENTIALS_KEYS', 'PORT', 'LOG_LEVEL'];
      const { problems } = JSON.parse(child.output) as { readonly problems: readonly string[] };
      expect(named.filter((name) => !problems.some((one) => one.startsWith(`${name} `)))).toEqual([]);
    }),
  );
});

describe('SIGTERM', () => {
  it(
    'ends gateway and reconciler within 5 s with code 0, although a call to VoiceLink hangs',
    explained(async () => {
      const { simulator } = system;
      await simulator.inject({ endpoint: 'bots.create', kind: 'timeout_before' });
      const before = await simulator.now();
      const { key } = await system.declaredDid();
      await eventually(async () => {
        expect((await simulator.journal(before)).map(({ endpoint }) => endpoint)).toContain('bots.create');
      });
      const endings = await Promise.all([system.gatewayChild.stop(), system.reconciler.stop()]);
      expect(endings).toEqual([
        { code: 0, signal: null, ms: expect.any(Number) as number },
        { code: 0, signal: null, ms: expect.any(Number) as number },
      ]);
      expect(Math.max(...endings.map(({ ms }) => ms))).toBeLessThan(5000);
      expect(
        await system.query('select state from upstream_writes where key = $1 and step = $2', [key, 'ensure_bot']),
      ).toEqual([{ state: expect.stringMatching(/pending|unknown/) as unknown }]);
    }),
  );
});
