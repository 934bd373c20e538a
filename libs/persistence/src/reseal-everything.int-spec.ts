import { type Tenant, useTenant } from '@dialtone/persistence/testing';
import { aDidKey } from '@dialtone/testing';
import { createStores, type Stores } from '.';
import { placeOf, SEALED_COLUMNS, type SealedColumn } from './sealed-columns';
import type { SecretBox } from './secret-box';

const tenant: Tenant = useTenant();
const CANARY = 'https://x.example/canary';

/** Seals with the first of these keys, and opens with any of them. */
const boxOf = (...keys: readonly string[]): SecretBox => ({
  encrypt: (aad, plain) => Buffer.from(JSON.stringify({ key: keys[0], aad, plain })),
  decrypt: (aad, sealed) => {
    const { plain, ...by } = JSON.parse(sealed.toString()) as { key: string; aad: string; plain: string };
    if (by.aad !== aad || !keys.includes(by.key)) throw new Error('No key opens it.');
    return plain;
  },
});
const storesWith = (...keys: readonly string[]): Stores =>
  createStores(tenant.postgres.dataSource, { secretBox: boxOf(...keys), hmac: (text) => Buffer.from(text) });

interface Sealed {
  /** What an operator is told when no key opens it. */
  readonly owner: string;
  readonly read: (stores: Stores) => Promise<unknown>;
}

const connected = ({ connections }: Stores) =>
  connections.create({
    ...{ partnerId: tenant.partnerId, provider: 'twilio', name: 'Main', baseUrl: CANARY },
    credentials: { account_sid: CANARY },
  });

const pointed = async (stores: Stores): Promise<Sealed> => {
  const { partnerId } = tenant;
  const { id: connectionId } = await connected(stores);
  const key = aDidKey();
  const synced = await stores.inventory.sync({ partnerId, connectionId, numbers: [{ key, phoneNumber: `+${key}` }] });
  const agent = await stores.agents.create(partnerId, 'Agent');
  const number = synced.kind === 'synced' ? synced.rows[0] : undefined;
  if (number === undefined || agent === 'name_taken') throw new Error('They are not made.');
  await stores.inventory.update(partnerId, number.id, { agentId: agent.id });
  const due = await stores.pointings.take();
  if (due === null) throw new Error('It is not due.');
  await stores.pointings.note(due, { kind: 'told', before: { voice_url: CANARY }, shown: null });
  const read = async ({ pointings }: Stores): Promise<unknown> => {
    await tenant.postgres.query(`update number_pointings set due_at = now(), held_until = null`);
    return (await pointings.take())?.before?.['voice_url'];
  };
  return { owner: connectionId, read };
};

/** Something sealed in each of the columns. */
const GIVEN: Readonly<Record<SealedColumn, (stores: Stores) => Promise<Sealed>>> = {
  credentials: async (stores) => {
    const { id } = await connected(stores);
    return {
      owner: id,
      read: async ({ carrierAccess }) => (await carrierAccess.find(id))?.credentials?.['account_sid'],
    };
  },
  pointers: pointed,
  webhook: async ({ webhooks }) => {
    const { partnerId } = tenant;
    const { id } = await webhooks.create({ partnerId, url: CANARY, secret: 's', description: null, filter: {} });
    return { owner: `webhook:${id}`, read: async (stores) => (await stores.webhooks.target({ partnerId, id }))?.url };
  },
  answer: async ({ idempotency }) => {
    const request = { partnerId: tenant.partnerId, key: 'a|b', request: 'r', ttlMs: 1_000, requestId: 'q' };
    const claim = await idempotency.claim(request);
    if (claim.kind !== 'started') throw new Error('The key is taken.');
    await idempotency.keep(claim.attempt, { status: 201, headers: {}, body: CANARY, isSecret: true });
    return {
      owner: `kept_answer_of:${tenant.partnerId}`,
      read: async (stores) => {
        const again = await stores.idempotency.claim(request);
        return again.kind === 'answered' ? again.answer.body : null;
      },
    };
  },
};

const quietly = (reading: Promise<unknown>): Promise<unknown> => reading.catch(() => null);

describe('a change of the key that seals', () => {
  it.each(Object.keys(GIVEN) as SealedColumn[])('lets the old key go: %s', async (column) => {
    const { read } = await GIVEN[column](storesWith('old'));
    const withNewOnly = storesWith('new');
    expect(await quietly(read(withNewOnly))).not.toBe(CANARY);
    expect(await storesWith('new', 'old').connections.resealCredentials()).toMatchObject({ failed: [] });
    expect(await read(withNewOnly)).toBe(CANARY);
  });

  it.each(Object.keys(GIVEN) as SealedColumn[])('tells of whom is what no key opens: %s', async (column) => {
    const { read, owner } = await GIVEN[column](storesWith('lost'));
    const { failed } = await storesWith('new', 'old').connections.resealCredentials();
    expect(failed).toEqual([owner]);
    expect(await read(storesWith('lost'))).toBe(CANARY);
  });

  it('reaches all that is sealed, however much there is', async () => {
    const { webhooks, connections } = storesWith('new', 'old');
    const made = { partnerId: tenant.partnerId, url: CANARY, secret: 's', description: null, filter: {} };
    for (let nth = 0; nth < 201; nth += 1) await webhooks.create(made);
    expect(await connections.resealCredentials()).toEqual({ resealed: 201, failed: [] });
  });
});

describe('the list of sealed columns', () => {
  /** Sealed only where an answer has a secret. */
  const TEXT = 'idempotency_keys.body';
  /** One way only: nothing has to be opened. */
  const DIGESTS = ['api_keys.hmac', 'calls.callback_token', 'connections.login_digest', 'idempotency_keys.fingerprint'];

  it('has every column of bytes that is no digest', async () => {
    const found = await tenant.postgres.query<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = current_schema() and data_type = 'bytea' order by name`,
    );
    const listed = (Object.keys(SEALED_COLUMNS) as SealedColumn[]).map((of) => placeOf(of));
    const names = listed.map(({ table, column }) => `${table}.${column}`).filter((name) => name !== TEXT);
    expect(found.map(({ name }) => name)).toEqual([...names, ...DIGESTS].toSorted());
  });
});
