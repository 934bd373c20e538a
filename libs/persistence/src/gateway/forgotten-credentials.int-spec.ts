import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';

const tenant = useTenant();
const { postgres, connect, anotherPartner } = tenant;
const { query } = postgres;
let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
});
const HOUR_MS = 3_600_000;
const DAY = { olderThanMs: 24 * HOUR_MS, limit: 100 };

const forget = (request = DAY): Promise<number> => postgres.stores.connections.forgetCredentials(request);

/** What is kept of a login, as the database shows it in a row: bytes in hexadecimal digits. */
const traces = async (id: ConnectionId): Promise<readonly string[]> => {
  const [row] = await query<Record<'credentials' | 'digest' | 'reseller', string | null>>(
    `select encode(credentials, 'hex') as credentials, encode(login_digest, 'hex') as digest, reseller from connections where id = $1`,
    [id],
  );
  return Object.values(row ?? {}).filter((value) => value !== null);
};

/** Every row of every table, as text. */
const everyRow = async (): Promise<readonly string[]> => {
  const tables = await query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const texts = await Promise.all(
    tables.map(({ name }) => query<{ row: string }>(`select t::text as row from "${name}" t`)),
  );
  return texts.flat().map(({ row }) => row);
};

const disconnectedFor = async (id: ConnectionId, hours: number): Promise<void> => {
  await postgres.given.disconnect(id);
  await query(
    `update connections set disconnected_at = now() - $2 * interval '1 hour', updated_at = now() where id = $1`,
    [id, hours],
  );
};

const known = async (): Promise<ConnectionId> => {
  const id = await connect();
  await postgres.stores.voiceLinkConnections.noteOwner(id, 'reseller-of-the-login');
  return id;
};

describe('the credentials of a disconnected connection', () => {
  it('are destroyed after the time that is given, and nothing of them is in any row of any table', async () => {
    const id = await known();
    const kept = await traces(id);
    expect(kept).toHaveLength(3);
    await disconnectedFor(id, 25);
    const found = async (): Promise<readonly string[]> => {
      const rows = (await everyRow()).join('\n');
      return kept.filter((trace) => rows.includes(trace));
    };
    expect(await found()).toEqual(kept);
    expect(await forget()).toBe(1);
    expect(await found()).toEqual([]);
    expect(await postgres.stores.connections.find(partnerId, id)).toMatchObject({
      status: 'DISCONNECTED',
      baseUrl: 'https://voicelink.example/api',
    });
    expect(await forget()).toBe(0);
  });

  it('are kept until then, and those of active connections for ever', async () => {
    const [young, active] = [await known(), await known()];
    await disconnectedFor(young, 23);
    await query(`update connections set updated_at = now() - interval '1 year' where id = $1`, [active]);
    const before = [await traces(young), await traces(active)];
    expect(await forget()).toBe(0);
    expect([await traces(young), await traces(active)]).toEqual(before);
    expect(await postgres.stores.connections.access(active)).not.toBeNull();
  });

  it('are as old as the last change, where the release before disconnected it', async () => {
    const id = await known();
    await postgres.given.disconnect(id);
    await query(
      `update connections set disconnected_at = null, updated_at = now() - interval '25 hours' where id = $1`,
      [id],
    );
    expect(await forget()).toBe(1);
  });

  it('are destroyed in portions, and a row that another transaction holds waits for the next time', async () => {
    const ids = [await known(), await known(), await known()];
    for (const id of ids) await disconnectedFor(id, 25);
    const holder = postgres.dataSource.createQueryRunner();
    await holder.startTransaction();
    await holder.query(`select 1 from connections where id = $1 for update`, [ids[0]]);
    expect(await forget({ ...DAY, limit: 1 })).toBe(1);
    expect(await forget()).toBe(1);
    await holder.rollbackTransaction();
    await holder.release();
    expect(await forget()).toBe(1);
  });

  it('do not come back: it is connected anew with a new connection only', async () => {
    const id = await known();
    await disconnectedFor(id, 25);
    await forget();
    const access = { baseUrl: 'https://voicelink.example/api', credentials: { username: 'reseller', password: 'new' } };
    const { connections } = postgres.stores;
    expect(await connections.replaceAccess(partnerId, id, access)).toBe(false);
    expect(await connections.disconnect(partnerId, id)).toBe(true);
    expect(await traces(id)).toEqual([]);
    const again = await connections.configureDefault({
      partnerId,
      provider: 'voicelink',
      name: 'Again',
      access: { ...access, defaultNumber: null, verification: { kind: 'verified' } },
    });
    expect(again).toMatchObject({ created: true });
    expect(await connections.access(again.id)).toEqual(access);
  });

  it('that are gone are no failure of a change of keys', async () => {
    const [gone, other] = [await known(), await connect('voicelink', await anotherPartner())];
    await disconnectedFor(gone, 25);
    await forget();
    expect(await postgres.stores.connections.resealCredentials()).toEqual({ resealed: 1, failed: [] });
    expect(await traces(other)).toHaveLength(2);
  });
});
