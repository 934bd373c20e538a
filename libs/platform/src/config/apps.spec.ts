import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminConfig, gatewayConfig, reconcilerConfig } from './apps';
import { ConfigError, type Environment } from './variable';

const key = randomBytes(32).toString('base64');
const complete: Environment = {
  DATABASE_URL: 'postgresql://dialtone:hunter2@127.0.0.1:5432/dialtone',
  API_KEY_PEPPER: key,
  CREDENTIALS_KEYS: `k2:${key},k1:${randomBytes(32).toString('base64')}`,
};

const problemsOf = (read: () => unknown): ConfigError => {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('the configuration of the apps', () => {
  it('has a default for everything that is neither secret nor an address', () => {
    const config = reconcilerConfig(complete);
    expect(config).toMatchObject({
      kafkaBrokers: [],
      logLevel: 'info',
      sweepIntervalMs: 60_000,
      guardMin: 10,
      guardPercent: 1,
      dryRun: false,
    });
    expect(config.credentialsKeys.current).toBe('k2');
    expect([...config.credentialsKeys.keys.keys()]).toEqual(['k2', 'k1']);
    expect(gatewayConfig(complete)).toMatchObject({
      port: 3000,
      rateLimitPerMinute: 60,
      rateLimitCallsPerMinute: 10,
      voicelinkCountryCode: '91',
      defaultWebsocketUrl: 'wss://api.pipecat.daily.co/ws/twilio',
      voicelinkTimeoutMs: 30_000,
      dryRun: false,
    });
    expect(Object.isFrozen(adminConfig(complete))).toBe(true);
  });

  it.each([
    ['that of HOST when nothing else is said', { HOST: '10.0.0.5' }, '10.0.0.5'],
    ['an address of its own', { HOST: '0.0.0.0', METRICS_HOST: '127.0.0.1' }, '127.0.0.1'],
    ['that of HOST when it is blank', { HOST: '::1', METRICS_HOST: ' ' }, '::1'],
    ['the default of HOST without both', {}, '127.0.0.1'],
  ])('listens for metrics and health on %s', (_, given, metricsHost) => {
    for (const read of [gatewayConfig, reconcilerConfig])
      expect(read({ ...complete, ...given })).toMatchObject({ metricsHost });
  });

  it.each([
    ['the database of all else when no other is named', undefined, complete['DATABASE_URL']],
    ['the same when it is blank', ' ', complete['DATABASE_URL']],
    ['a login of their own', 'postgres://owner:hunter3@db/d', 'postgres://owner:hunter3@db/d'],
  ])('gives migrations %s', (_, given, wanted) => {
    expect(adminConfig({ ...complete, MIGRATION_DATABASE_URL: given })).toMatchObject({
      databaseUrl: complete['DATABASE_URL'],
      migrationDatabaseUrl: wanted,
    });
  });

  it('takes a media gateway whole or not at all', () => {
    const url = { ...complete, SIP_GATEWAY_URL: 'https://jambonz.example.com/' };
    for (const read of [gatewayConfig, reconcilerConfig]) {
      expect(read(complete)).toMatchObject({ sipGatewayUrl: null, sipGatewayWebhookSecret: null });
      expect(problemsOf(() => read(url)).message).toMatch(
        /SIP_GATEWAY_ACCOUNT is missing[^]*SIP_GATEWAY_KEY is missing/,
      );
      const whole = { ...url, SIP_GATEWAY_ACCOUNT: 'acc-1', SIP_GATEWAY_KEY: 'key' };
      expect(read(whole)).toMatchObject({ sipGatewayUrl: 'https://jambonz.example.com', sipGatewayKey: 'key' });
    }
  });

  it.each(['ftp://x.example', 'https://u:p@x.example', 'https://x.example?a=1', 'x.example'])(
    'has no public URL such as %s',
    (url) => {
      expect(problemsOf(() => gatewayConfig({ ...complete, PUBLIC_BASE_URL: url })).message).toContain(
        'PUBLIC_BASE_URL',
      );
    },
  );

  it('reports every missing variable at once, with what it must be and an example', () => {
    const { problems, message } = problemsOf(() => gatewayConfig({}));
    expect(problems.map((problem) => problem.variable)).toEqual(['DATABASE_URL', 'API_KEY_PEPPER', 'CREDENTIALS_KEYS']);
    expect(message).toContain(
      'DATABASE_URL is missing. It must be the URL of a PostgreSQL database, for example DATABASE_URL=postgresql://dialtone:secret@127.0.0.1:5432/dialtone',
    );
  });

  it('takes a blank value for a missing one', () => {
    expect(gatewayConfig({ ...complete, PORT: ' ' })).toMatchObject({ port: 3000 });
    expect(reconcilerConfig({ ...complete, KAFKA_BROKERS: '' })).toMatchObject({ kafkaBrokers: [] });
    expect(problemsOf(() => gatewayConfig({ ...complete, API_KEY_PEPPER: '' })).message).toMatch(
      /^API_KEY_PEPPER is missing/,
    );
  });

  it.each([
    [
      'PORT',
      '70000',
      'PORT is "70000". It must be the port of the REST API, 0 for any free one: a whole number from 0 to 65535, for example PORT=3000',
    ],
    ['METRICS_HOST', 'http://x', 'METRICS_HOST is "http://x". It must be the address to listen on for metrics'],
    ['PORT', '80a', 'PORT is "80a"'],
    ['PORT', '-1', 'PORT is "-1"'],
    [
      'LOG_LEVEL',
      'verbose',
      'LOG_LEVEL is "verbose". It must be the least severe level that is logged: one of trace, debug, info',
    ],
    ['VOICELINK_BASE_URL_ALLOWLIST', 'https://a.example,ftp://b.example', 'VOICELINK_BASE_URL_ALLOWLIST is'],
    ['VOICELINK_BASE_URL_ALLOWLIST', 'https://user:pass@a.example', 'VOICELINK_BASE_URL_ALLOWLIST is'],
    ['DEFAULT_WEBSOCKET_URL', 'https://a.example', 'DEFAULT_WEBSOCKET_URL is'],
    ['CARRIER_BASE_URLS', 'https://a.example', 'CARRIER_BASE_URLS is'],
    ['CARRIER_BASE_URLS', 'voicelink=https://a.example', 'CARRIER_BASE_URLS is'],
    ['CARRIER_BASE_URLS', 'plivo=ftp://a.example', 'CARRIER_BASE_URLS is'],
    ['CARRIER_BASE_URLS', 'plivo=https://a.example,plivo=https://b.example', 'CARRIER_BASE_URLS is'],
    ['CARRIER_PRIVATE_NETWORKS', '10.0.0.0', 'CARRIER_PRIVATE_NETWORKS is'],
    ['CARRIER_PRIVATE_NETWORKS', '10.0.0.0/8,fd00::/129', 'CARRIER_PRIVATE_NETWORKS is'],
    ['VOICELINK_COUNTRY_CODE', '+91', 'VOICELINK_COUNTRY_CODE is "+91"'],
    ['DATABASE_POOL_SIZE', '1', 'DATABASE_POOL_SIZE is "1"'],
  ])('refuses %s=%s', (variable, value, sentence) => {
    expect(problemsOf(() => gatewayConfig({ ...complete, [variable]: value })).message).toContain(sentence);
  });

  it.each([
    ['DRY_RUN', 'yes'],
    ['SWEEP_INTERVAL_MS', '1s'],
    ['SWEEP_INTERVAL_MS', '0'],
    ['GUARD_PERCENT', '101'],
    ['RECONCILE_CONCURRENCY', '0'],
    ['VOICELINK_EXPIRY_UTC_OFFSET', 'IST'],
    ['LEASE_TTL_MS', '10'],
    ['KAFKA_BROKERS', 'localhost'],
    ['KAFKA_BROKERS', 'kafka://a:9092'],
  ])('refuses %s=%s for the reconciler', (variable, value) => {
    expect(problemsOf(() => reconcilerConfig({ ...complete, [variable]: value })).problems).toHaveLength(1);
  });

  it('refuses a back-off whose cap is below its base', () => {
    const error = problemsOf(() => reconcilerConfig({ ...complete, BACKOFF_BASE_MS: '5000', BACKOFF_CAP_MS: '1000' }));
    expect(error.message).toContain('BACKOFF_CAP_MS is 1000. It must be at least BACKOFF_BASE_MS (5000)');
  });

  it.each([
    ['DATABASE_URL', 'mysql://root:hunter2@db/x'],
    ['MIGRATION_DATABASE_URL', 'mysql://root:hunter2@db/x'],
    ['API_KEY_PEPPER', 'hunter2'],
    ['API_KEY_PEPPER', 'hunter2 hunter2 hunter2 hunter2 hunter2 hunter2'],
    ['CREDENTIALS_KEYS', 'k1:hunter2'],
    ['CREDENTIALS_KEYS', `k1:${key},k1:hunter2`],
  ])('never prints the value of %s', (variable, value) => {
    const read = variable === 'MIGRATION_DATABASE_URL' ? adminConfig : gatewayConfig;
    const { message } = problemsOf(() => read({ ...complete, [variable]: value }));
    expect(message).toMatch(new RegExp(`^${variable} has a value that cannot be used. It must be `));
    expect(message).not.toContain('hunter2');
    expect(message).not.toContain(key);
  });

  it('reads where carriers are, and which networks may be dialled', () => {
    const config = gatewayConfig({
      ...complete,
      CARRIER_BASE_URLS: 'plivo=http://127.0.0.1:4020/, twilio=https://api.dublin.ie1.twilio.com',
      CARRIER_PRIVATE_NETWORKS: '10.0.0.0/8, fd00::/8',
    });
    expect(config.carrierBaseUrls).toEqual({
      plivo: 'http://127.0.0.1:4020',
      twilio: 'https://api.dublin.ie1.twilio.com',
    });
    expect(config.carrierPrivateNetworks).toEqual(['10.0.0.0/8', 'fd00::/8']);
    const none = gatewayConfig(complete);
    expect([none.carrierBaseUrls, none.carrierPrivateNetworks]).toEqual([{}, []]);
  });

  it('strips trailing slashes from the base URLs that connections may name', () => {
    const config = gatewayConfig({
      ...complete,
      VOICELINK_BASE_URL_ALLOWLIST: 'https://A.example/api/, http://127.0.0.1:4010',
    });
    expect(config.voicelinkBaseUrlAllowlist).toEqual(['https://a.example/api', 'http://127.0.0.1:4010']);
  });
});

describe('a secret in a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dialtone-config-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const fileOf = (text: string): string => {
    const path = join(folder, randomBytes(4).toString('hex'));
    writeFileSync(path, text);
    return path;
  };
  const other = 'postgresql://dialtone:hunter3@127.0.0.1:5432/dialtone';

  it.each([
    ['is read when the variable is missing', undefined, other],
    ['is read when the variable is blank', ' ', other],
    ['counts less than the variable', complete['DATABASE_URL'], complete['DATABASE_URL']],
  ])('%s', (_, own, wanted) => {
    const read = gatewayConfig({ ...complete, DATABASE_URL: own, DATABASE_URL_FILE: fileOf(`${other}\n`) });
    expect(read.databaseUrl).toBe(wanted);
  });

  it('may hold one that is not required', () => {
    const config = reconcilerConfig({
      ...complete,
      KAFKA_TLS: 'true',
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME_FILE: fileOf('us3r'),
      KAFKA_SASL_PASSWORD_FILE: fileOf('hunter2'),
    });
    expect(config).toMatchObject({ kafkaSaslUsername: 'us3r', kafkaSaslPassword: 'hunter2' });
  });

  it.each([
    [
      'is missing',
      '/nowhere/key',
      /^API_KEY_PEPPER_FILE is "\/nowhere\/key", which this process cannot read. It must be/,
    ],
    ['is empty', '', /^API_KEY_PEPPER is missing. It must be/],
    ['holds what cannot be used', 'hunter2', /^API_KEY_PEPPER has a value that cannot be used/],
  ])('that %s is named, and its content never printed', (_, text, sentence) => {
    const path = text.startsWith('/') ? text : fileOf(text);
    const env = { ...complete, API_KEY_PEPPER: undefined, API_KEY_PEPPER_FILE: path };
    const { message, problems } = problemsOf(() => gatewayConfig(env));
    expect(problems.map(({ variable }) => variable)).toEqual(['API_KEY_PEPPER']);
    expect(message).toMatch(sentence);
    expect(message).not.toContain('hunter2');
  });

  it('is for secrets alone', () => {
    expect(gatewayConfig({ ...complete, PORT_FILE: fileOf('4000') })).toMatchObject({ port: 3000 });
  });
});
