import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import { aDidKey, aSpec } from '@dialtone/testing';

const tenant = useTenant();
const { postgres, connect, declare, settleAll, dueKeys } = tenant;
let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
});

/** Declared on a connection that is disconnected since. */
const stuck = async (key: DidKey = aDidKey()) => {
  const from = await connect();
  await declare(from, key);
  await settleAll();
  await postgres.stores.connections.disconnect(partnerId, from);
  return { from, key };
};
const generationOf = async (key: DidKey): Promise<number | undefined> =>
  (await postgres.stores.bindings.find(partnerId, key))?.binding.generation;

describe('moving a declaration from a disconnected connection', () => {
  it('is withdrawn there and declared here, a generation later, and work for the reconciler', async () => {
    const { from, key } = await stuck();
    const to = await connect();
    const before = (await postgres.events()).length;
    expect(await declare(to, key)).toMatchObject({ kind: 'updated' });
    const events = (await postgres.events()).slice(before);
    expect(events).toMatchObject([
      {
        type: 'dialtone.binding.deleted.v1',
        connection_id: from,
        data: { connection_id: from, generation: 1, moved_to: to },
      },
      {
        type: 'dialtone.binding.declared.v1',
        connection_id: to,
        data: { connection_id: to, generation: 2, moved_from: from, seq: 1 },
      },
    ]);
    const [withdrawn, declared] = events.map(({ data }) => data as { readonly binding_id: string });
    expect(declared?.binding_id).toBe(withdrawn?.binding_id);
    expect(await dueKeys()).toEqual([key]);
    const rows = (await postgres.stores.readiness.list({ partnerId, limit: 10 })).items;
    expect(new Map(rows.map(({ connectionId, declared: is }) => [connectionId, is]))).toEqual(
      new Map([
        [from, false],
        [to, true],
      ]),
    );
  });

  it('happens once, when it is asked for several times at once', async () => {
    const { key } = await stuck();
    const places: ConnectionId[] = [await connect(), await connect()];
    const spec = aSpec({ agentId: await postgres.given.agent(partnerId) });
    const results = await Promise.all(
      [0, 1, 0, 1, 0, 1].map((nth) =>
        postgres.stores.bindings.declare({
          partnerId,
          connectionId: places[nth] ?? places[0],
          key,
          spec,
          actor: 'key-1',
          precondition: { kind: 'none' },
        } as Parameters<typeof postgres.stores.bindings.declare>[0]),
      ),
    );
    expect(results.filter(({ kind }) => kind === 'updated')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'unchanged')).toHaveLength(2);
    expect(results.filter(({ kind }) => kind === 'connection_conflict')).toHaveLength(3);
    expect(await generationOf(key)).toBe(2);
  });

  it('meets withdrawals, triggers and the disconnect itself without a deadlock, and ends at one place', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [from, to, key] = [await connect(), await connect(), aDidKey()];
      await declare(from, key);
      const { bindings, connections } = postgres.stores;
      const remove = () => bindings.remove({ partnerId, key, actor: 'a', precondition: { kind: 'none' } });
      const all = [connections.disconnect(partnerId, from), declare(to, key), declare(to, key)];
      await Promise.all([...all, bindings.trigger(partnerId, key), ...(round % 2 === 0 ? [remove()] : [])]);
      await declare(to, key);
      const view = await bindings.find(partnerId, key);
      expect(view?.binding.connectionId).toBe(to);
    }
  });
});
