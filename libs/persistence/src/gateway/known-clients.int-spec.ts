import type { ConnectionId, ListMemory } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';

const { postgres, connect } = useTenant();

const memory = (listed: readonly string[], more: Partial<ListMemory> = {}): ListMemory => ({
  listed,
  missing: [],
  confirmed: null,
  suspectSince: null,
  clients: {},
  ...more,
});

describe('the known clients of a connection', () => {
  let id: ConnectionId;
  beforeEach(async () => {
    id = await connect();
  });
  const save = async (saved: ListMemory, basis: number | null = null): Promise<number> => {
    const version = await postgres.stores.listMemories.save(id, 'clients', saved, basis);
    if (version === null) throw new Error('another version is stored');
    return version;
  };
  const find = async (clientId: number, connectionId = id) =>
    (await postgres.stores.knownClients.find(connectionId, [clientId, clientId + 1_000_000])).get(clientId) ?? null;
  const now = () => postgres.stores.clock.time();

  it('are unknown before a list was stored, and after one of something else', async () => {
    await postgres.stores.listMemories.save(id, 'bots', memory(['415']), null);
    expect(await find(415)).toBeNull();
  });

  it('are those that are listed, and those that are missing for so short that they may come back', async () => {
    const gone = { rows: ['17', '18'], since: 1, lists: 1, countedAt: 1, heldOn: null };
    await save(memory(['415', '7'], { missing: [gone, { ...gone, rows: ['19'] }] }));
    const known = await Promise.all(
      [415, 7, 17, 18, 19, 41, 4150].map(async (client) => (await find(client))?.isRemembered),
    );
    expect(known).toEqual([true, true, true, true, true, false, false]);
    expect(await find(415)).toMatchObject({ isSuspect: false, wholeAt: null, createdAt: null });
  });

  it('come with the start of the newest whole list, which another version and an older list leave as it is', async () => {
    const at = await now();
    const first = await save(memory(['415']));
    await postgres.stores.listMemories.vouch(id, 'clients', first, at);
    expect((await find(1))?.wholeAt).toBe(at);
    const second = await save(memory(['415', '416']), first);
    await postgres.stores.listMemories.vouch(id, 'clients', first, at + 9_000);
    await postgres.stores.listMemories.vouch(id, 'clients', second, at - 9_000);
    expect((await find(1))?.wholeAt).toBe(at);
    await postgres.stores.listMemories.vouch(id, 'clients', second, at + 5_000);
    expect((await find(1))?.wholeAt).toBe(at + 5_000);
  });

  it('say that the list is suspect', async () => {
    await save(memory([], { suspectSince: await now() }));
    expect(await find(1)).toMatchObject({ isSuspect: true });
  });

  it('come with the time of the last creation on the account, whichever connection it came through', async () => {
    const [sharing, apart] = [await connect(), await connect()];
    await postgres.query(`update connections set account_id = $1 where id = $2`, [id, sharing]);
    await save(memory(['415']));
    await postgres.stores.listMemories.save(apart, 'clients', memory([]), null);
    const before = await now();
    await postgres.stores.knownClients.noteCreation(sharing);
    const known = await find(1);
    expect(known?.createdAt).toBeGreaterThanOrEqual(before);
    expect(known?.createdAt).toBeLessThanOrEqual(known?.now ?? 0);
    expect(await find(1, apart)).toMatchObject({ createdAt: null });
  });
});
