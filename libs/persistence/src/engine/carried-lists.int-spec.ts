import type { ConnectionId, ListMemory } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';

const tenant = useTenant();
const { postgres } = tenant;

const memory = (listed: readonly string[]): ListMemory => ({
  ...{ listed, missing: [], confirmed: null, suspectSince: null, clients: {} },
});
const BASE_URL = 'https://voicelink.example/api';

describe('what lists have shown a connection that gets the login of another user', () => {
  const connect = async (username: string): Promise<ConnectionId> =>
    (
      await postgres.stores.connections.create({
        ...{ partnerId: tenant.partnerId, provider: 'voicelink', name: username, baseUrl: BASE_URL },
        credentials: { username, password: 'secret' },
      })
    ).id;
  const loginAs = (id: ConnectionId, username: string): Promise<boolean> =>
    postgres.stores.connections.replaceAccess(tenant.partnerId, id, {
      baseUrl: BASE_URL,
      credentials: { username, password: 'secret' },
    });
  const save = async (id: ConnectionId, listed: readonly string[]): Promise<number> =>
    (await postgres.stores.listMemories.save(id, 'clients', memory(listed), null)) ?? 0;
  const listedOf = async (id: ConnectionId): Promise<readonly string[] | undefined> =>
    (await postgres.stores.listMemories.recall(id, 'clients', null)).stored?.memory?.listed;
  const wholeAt = async (id: ConnectionId): Promise<number | null | undefined> =>
    (await postgres.stores.knownClients.find(id, [1])).get(1)?.wholeAt;

  it('goes along, so that the lists of another account are no news, and proves nothing of its clients', async () => {
    const id = await connect('one');
    await postgres.stores.listMemories.vouch(id, 'clients', await save(id, ['1', '2']), 5);
    await loginAs(id, 'another');
    expect(await listedOf(id)).toEqual(['1', '2']);
    expect(await wholeAt(id)).toBeNull();
  });

  it('stays as it is with the same user', async () => {
    const id = await connect('one');
    await postgres.stores.listMemories.vouch(id, 'clients', await save(id, ['1', '2']), 5);
    await loginAs(id, 'One ');
    expect([await listedOf(id), await wholeAt(id)]).toEqual([['1', '2'], 5]);
  });

  it('goes along from a shared account, and stays with those that go on using it', async () => {
    const [first, second] = [await connect('one'), await connect('one')];
    await save(first, ['1', '2']);
    await loginAs(second, 'another');
    expect([await listedOf(first), await listedOf(second)]).toEqual([
      ['1', '2'],
      ['1', '2'],
    ]);
    const version = (await postgres.stores.listMemories.recall(second, 'clients', null)).stored?.version ?? null;
    await postgres.stores.listMemories.save(second, 'clients', memory(['7']), version);
    expect([await listedOf(first), await listedOf(second)]).toEqual([['1', '2'], ['7']]);
  });

  it('gives way to what the partner knows of the account, and is forgotten', async () => {
    const [first, second] = [await connect('one'), await connect('two')];
    await save(first, ['1']);
    await save(second, ['7']);
    await loginAs(second, 'one');
    expect(await listedOf(second)).toEqual(['1']);
    expect(await postgres.query('select 1 from account_lists')).toHaveLength(1);
  });
});
