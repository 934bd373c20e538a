import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createStores, type Stores } from '@dialtone/persistence';
import { parseKeyRing, pepperedDigest, secretSealer } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { describeIdempotencyStore } from './idempotency-store.contract';

describe('on PostgreSQL', () => {
  let database: TestDatabase;
  let source: Awaited<ReturnType<TestDatabase['connect']>>;
  let stores: Stores;
  /** Of a deployment that has lost its keys. */
  let withoutItsKeys: Stores;
  beforeAll(async () => {
    database = await createTestDatabase();
    source = await database.connect(8);
    const pepper = randomBytes(32);
    const hmac = (secret: string): Buffer => pepperedDigest(pepper, secret);
    const withNewKeys = (): Stores => {
      const ring = parseKeyRing(`k1:${randomBytes(32).toString('base64')}`);
      return createStores(source, { secretBox: secretSealer(ring), hmac });
    };
    stores = withNewKeys();
    withoutItsKeys = withNewKeys();
  });
  afterAll(() => database.drop());

  const partner = async () => (await stores.partners.create(`Partner ${randomUUID()}`)).id;
  const expire = async (place: { readonly partnerId: string; readonly key: string }) => {
    await source.query(`update idempotency_keys set expires_at = now() where partner_id = $1 and key = $2`, [
      place.partnerId,
      place.key,
    ]);
  };

  describeIdempotencyStore('idempotency keys', () => ({ store: stores.idempotency, partner, expire }));

  it('keeps nothing of a request but a digest that cannot be made without the pepper', async () => {
    const partnerId = await partner();
    const request = '{"password":"correct horse battery staple"}';
    await stores.idempotency.claim({ partnerId, key: 'secretive', request, ttlMs: 1_000, requestId: 'request-1' });
    const rows = await source.query<{ row: string; fingerprint: Buffer }[]>(
      `select row_to_json(i)::text as row, fingerprint from idempotency_keys i where partner_id = $1`,
      [partnerId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain('horse');
    expect(rows[0]?.fingerprint).toHaveLength(32);
    expect(rows[0]?.fingerprint).not.toEqual(createHash('sha256').update(request).digest());
  });

  it('tells of a sealed answer that no key opens, and of another request first', async () => {
    const claim = (of: Stores, request = 'r') =>
      of.idempotency.claim({ partnerId, key: 'sealed', request, ttlMs: 60_000, requestId: 'request-1' });
    const partnerId = await partner();
    const answer = { status: 201, headers: {}, body: '{"secret":"s"}' };
    const started = await claim(stores);
    if (started.kind !== 'started') throw new Error(started.kind);
    await stores.idempotency.keep(started.attempt, { ...answer, isSecret: true });
    expect(await claim(stores)).toEqual({ kind: 'answered', answer });
    expect(await claim(withoutItsKeys)).toEqual({ kind: 'unreadable' });
    expect(await claim(withoutItsKeys, 'another')).toEqual({ kind: 'reused' });
  });

  it('keeps a key for 24 hours, and removes old ones along the way', async () => {
    const partnerId = await partner();
    const claim = (key: string) =>
      stores.idempotency.claim({ partnerId, key, request: 'r', ttlMs: 1_000, requestId: 'request-1' });
    for (let nth = 0; nth < 3; nth += 1) await claim(`old ${String(nth)}`);
    const [kept] = await source.query<{ hours: number }[]>(
      `select (extract(epoch from expires_at - now()) / 3600)::float8 as hours from idempotency_keys
        where partner_id = $1 limit 1`,
      [partnerId],
    );
    expect(kept?.hours).toBeCloseTo(24, 1);
    await source.query(`update idempotency_keys set expires_at = now() where partner_id = $1`, [partnerId]);
    for (let nth = 0; nth < 50; nth += 1) await claim(`new ${String(nth)}`);
    const left = await source.query<{ key: string }[]>(
      `select key from idempotency_keys where partner_id = $1 and key like 'old%'`,
      [partnerId],
    );
    expect(left).toEqual([]);
  });
});
