import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStores, type Stores } from '@dialtone/persistence';
import { adminConfig, pepperedDigest, secretSealer, type AdminConfig } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { adminProgram } from './program';

const newKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;

describe('rotating the key of carrier credentials', () => {
  const [k1, k2, other] = [newKey('k1'), newKey('k2'), newKey('other')];
  const pepper = randomBytes(32).toString('base64');
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const configWith = (keys: string): AdminConfig =>
    adminConfig({ DATABASE_URL: database.url, API_KEY_PEPPER: pepper, CREDENTIALS_KEYS: keys });
  const storesWith = async (keys: string): Promise<Stores> => {
    const config = configWith(keys);
    return createStores(await database.connectAsApp(2), {
      secretBox: secretSealer(config.credentialsKeys),
      hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
    });
  };

  const rotate = async (keys: string): Promise<{ readonly printed: unknown; readonly error: unknown }> => {
    const printed: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    try {
      const run = adminProgram(() => configWith(keys), {}).parseAsync(['node', 'admin', 'rotate-credentials']);
      const error: unknown = await run.then(() => null).catch((failure: unknown) => failure);
      return { printed: JSON.parse(printed.join('')), error };
    } finally {
      write.mockRestore();
    }
  };

  it('lets the old key go once everything is sealed with the new one', async () => {
    const before = await storesWith(k1);
    const partnerId = (await before.partners.create('Acme')).id;
    const credentials = { username: 'reseller', password: 'canary' };
    const make = () =>
      before.connections.create({ partnerId, name: 'Main', baseUrl: 'https://x.example', credentials });
    const [active, gone] = [await make(), await make()];
    await before.connections.disconnect(partnerId, gone.id);

    const withNewOnly = await storesWith(k2);
    await expect(withNewOnly.connections.access(active.id)).rejects.toThrow('cannot be opened');
    // The old key is missing: nothing is lost, and the operator is told.
    const refused = await rotate(k2);
    expect(refused.printed).toEqual({ key: 'k2', resealed: 0, failed: [active.id, gone.id].toSorted() });
    expect(String(refused.error)).toContain('2 connections');
    expect((await before.connections.access(active.id))?.credentials).toEqual(credentials);

    for (let nth = 0; nth < 2; nth += 1) {
      expect(await rotate(`${k2},${k1}`)).toEqual({ printed: { key: 'k2', resealed: 2, failed: [] }, error: null });
    }
    expect(await withNewOnly.connections.access(active.id)).toEqual({ baseUrl: 'https://x.example', credentials });
    await expect(before.connections.access(active.id)).rejects.toThrow('cannot be opened');
  });

  it('reaches webhooks and kept answers, and tells which of them it does not', async () => {
    const old = await storesWith(other);
    const partnerId = (await old.partners.create('Hooked')).id;
    const url = 'https://hooks.example/?token=t0ken';
    const { id } = await old.webhooks.create({ partnerId, url, secret: 'whsec_MQ==', description: null, filter: {} });
    const request = { partnerId, key: 'create', request: 'r', ttlMs: 1_000, requestId: 'q' };
    const claim = await old.idempotency.claim(request);
    if (claim.kind !== 'started') throw new Error('The key is taken.');
    await old.idempotency.keep(claim.attempt, { status: 201, headers: {}, body: '"whsec_MQ=="', isSecret: true });

    const refused = await rotate(k2);
    expect(refused.printed).toMatchObject({ failed: [`webhook:${id}`, `kept_answer_of:${partnerId}`] });
    expect(String(refused.error)).toContain('1 webhooks, 1 partners');
    expect((await rotate(`${k2},${other}`)).printed).toMatchObject({ failed: [] });
    const { webhooks, idempotency } = await storesWith(k2);
    expect(await webhooks.target({ partnerId, id })).toEqual({ url, secrets: ['whsec_MQ=='] });
    expect(await idempotency.claim(request)).toMatchObject({ kind: 'answered', answer: { body: '"whsec_MQ=="' } });
  });

  it('is not needed any more by a connection whose partner has sent the credentials again', async () => {
    const old = await storesWith(other);
    const partnerId = (await old.partners.create('Forgotten')).id;
    const access = { baseUrl: 'https://x.example', credentials: { username: 'u', password: 'p' } };
    const { id } = await old.connections.create({ partnerId, name: 'Main', ...access });
    const { connections } = await storesWith(k2);
    await expect(connections.access(id)).rejects.toThrow('cannot be opened');
    const again = { ...access, defaultNumber: null, verification: { kind: 'verified' } } as const;
    await connections.configureDefault({ partnerId, provider: 'voicelink', name: 'x', access: again });
    expect(await connections.access(id)).toEqual(access);
  });

  it('does not overwrite what its partner replaces while it runs', async () => {
    const old = await storesWith(other);
    const partnerId = (await old.partners.create('Busy')).id;
    const access = { baseUrl: 'https://x.example', credentials: { username: 'u', password: 'first' } };
    const { id } = await old.connections.create({ partnerId, name: 'Main', ...access });
    const source = await database.connect(2);
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    const fresh = secretSealer(configWith(other).credentialsKeys).encrypt(
      `connections|${id}|credentials`,
      JSON.stringify({ username: 'u', password: 'second' }),
    );
    await runner.query('update connections set credentials = $2 where id = $1', [id, fresh]);
    const rotating = await storesWith(`${k2},${other}`);
    const resealing = rotating.connections.resealCredentials();
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await source.query<unknown[]>(waiting)).length === 0) await sleep(10);
    await runner.commitTransaction();
    await runner.release();
    await resealing;
    const withNewOnly = await storesWith(k2);
    expect((await withNewOnly.connections.access(id))?.credentials.password).toBe('second');
  });
});
