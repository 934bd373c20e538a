import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { PartnerId } from '@dialtone/domain';
import { createStores, type Stores } from '@dialtone/persistence';
import { createLogger, createRegistry, gatewayConfig, pepperedDigest, secretSealer } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { createGateway } from '../src/create-gateway';
import { StoresModule } from '../src/outside/stores.module';

const BINDINGS = '/api/v2/voicelink/bindings';
const LIMIT = 20;
/** By when a change of a key must have reached every gateway. */
const EFFECTIVE_MS = 1000;

interface Answer {
  readonly status: number;
  readonly remaining: number;
}

describe('two gateways on one database', () => {
  let database: TestDatabase;
  let stores: Stores;
  let gateways: readonly NestFastifyApplication[];
  let query: (sql: string, parameters?: unknown[]) => Promise<unknown>;
  let partnerId: PartnerId;

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = gatewayConfig({
      DATABASE_URL: database.url,
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      RATE_LIMIT_PER_MINUTE: String(LIMIT),
    });
    const source = await database.connect(2);
    query = (sql, parameters) => source.query(sql, parameters);
    stores = createStores(source, {
      secretBox: secretSealer(config.credentialsKeys),
      hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
    });
    const logger = createLogger({ name: 'test', level: 'silent' });
    gateways = await Promise.all(
      [1, 2].map(() => createGateway(StoresModule.over(config, logger), { logger, registry: createRegistry() })),
    );
    await Promise.all(gateways.map((gateway) => gateway.init()));
    partnerId = (await stores.partners.create('Acme')).id;
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await database.drop();
  });

  const ask = async (nth: number, apiKey: string): Promise<Answer> => {
    const gateway = gateways[nth % gateways.length];
    if (gateway === undefined) throw new Error('no gateway');
    const authorization = `Bearer ${apiKey}`;
    const answer = await gateway.inject({ method: 'GET', url: BINDINGS, headers: { authorization } });
    return { status: answer.statusCode, remaining: Number(answer.headers['ratelimit-remaining']) };
  };
  const askAll = async (apiKey: string): Promise<number[]> =>
    (await Promise.all(gateways.map((_, nth) => ask(nth, apiKey)))).map(({ status }) => status);

  describe('share the limit of a key', () => {
    it('which together they reach exactly, also at once', async () => {
      const { apiKey } = await stores.apiKeys.issue(partnerId, 'busy');
      const answers = await Promise.all(Array.from({ length: LIMIT + 10 }, (_, nth) => ask(nth, apiKey)));
      const allowed = answers.filter(({ status }) => status === 200);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
      expect(allowed.map(({ remaining }) => remaining).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: LIMIT }, (_, left) => left),
      );
      expect(await askAll(apiKey)).toEqual([429, 429]);
    });
  });

  /** Both have just looked the key up, then it changes, and a second later both must know. */
  const seeChange = async (apiKey: string, change: () => Promise<unknown>): Promise<number[]> => {
    expect(await askAll(apiKey)).toEqual([200, 200]);
    await change();
    await sleep(EFFECTIVE_MS);
    return askAll(apiKey);
  };

  describe('refuse a key within a second', () => {
    it('after it was revoked', async () => {
      const { apiKey, apiKeyId } = await stores.apiKeys.issue(partnerId, 'leaked');
      expect(await seeChange(apiKey, () => stores.apiKeys.revoke(partnerId, apiKeyId))).toEqual([401, 401]);
    });

    it('after it expired', async () => {
      const expiresAt = new Date(Date.now() + 4_000);
      const { apiKey } = await stores.apiKeys.issue(partnerId, 'short', { expiresAt });
      expect(await seeChange(apiKey, () => sleep(expiresAt.getTime() - Date.now()))).toEqual([401, 401]);
    });

    it('for what it may not do any more', async () => {
      const { apiKey, apiKeyId } = await stores.apiKeys.issue(partnerId, 'less', { scopes: ['bindings:read'] });
      const narrow = () => query(`update api_keys set scopes = '{readiness:read}' where id = $1`, [apiKeyId]);
      expect(await seeChange(apiKey, narrow)).toEqual([403, 403]);
    });

    it('after its partner was removed', async () => {
      const { id } = await stores.partners.create('Gone');
      const { apiKey } = await stores.apiKeys.issue(id, 'orphan');
      const remove = () => query('update partners set deleted_at = now() where id = $1', [id]);
      expect(await seeChange(apiKey, remove)).toEqual([401, 401]);
    });
  });
});
