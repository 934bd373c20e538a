import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import { aDidKey, updateOf } from '@dialtone/testing';
import { endNextKeys } from './disconnected-keys';

const tenant = useTenant();
const { postgres, connect, declare } = tenant;
let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
});

const ALL = 3_200;
/** Of the last keys so many have a verdict with a drift, and two of them a declaration. */
const WATCHED = 300;
const keyOf = (nth: number): DidKey => aDidKey(String(918_000_000_000 + nth));
const LAST = Array.from({ length: WATCHED }, (_, nth) => keyOf(ALL - WATCHED + nth));
const DECLARED = [LAST[0], LAST[WATCHED - 1]].filter((key) => key !== undefined);

const numbersLeft = async (id: ConnectionId): Promise<number> => {
  const [left] = await postgres.query<{ count: number }>(
    `select count(*)::int as count from phone_numbers where connection_id = $1 and (status = 'ACTIVE' or inbound_enabled)`,
    [id],
  );
  return left?.count ?? -1;
};

/** More numbers than a request ends by itself. */
const aLargeConnection = async (): Promise<ConnectionId> => {
  const id = await connect();
  await postgres.query(
    `insert into phone_numbers (partner_id, connection_id, key, inbound_enabled)
     select $1, $2, (918000000000 + nth)::text, true from generate_series(0, $3::int - 1) nth`,
    [partnerId, id, ALL],
  );
  const verdicts = LAST.map((key) => updateOf(key, { issues: ['NO_BOT'] }));
  await postgres.stores.keyStates.apply(id, verdicts, { makeDue: false });
  const agentId = await postgres.given.agent(partnerId);
  for (const key of DECLARED) await declare(id, key, agentId);
  return id;
};

describe('a connection with more numbers than one transaction ends', () => {
  it('is disconnected at once and says that it is still being ended, until all of it is, whichever process does it', async () => {
    const { connections, readiness } = postgres.stores;
    const id = await aLargeConnection();
    const before = (await postgres.events()).length;
    expect(await connections.disconnect(partnerId, id)).toBe(true);
    expect(await connections.find(partnerId, id)).toMatchObject({ status: 'DISCONNECTED', isEnding: true });
    expect(await numbersLeft(id)).toBe(ALL - 2_500);

    // A process that is killed between the writes of a batch and its end leaves nothing of it.
    const killed = postgres.dataSource.createQueryRunner();
    await killed.startTransaction();
    expect(await endNextKeys(killed, { id, limit: 100 })).toBe(100);
    // Two processes are never at the same connection.
    expect(await connections.endDisconnected(100)).toBeNull();
    await killed.rollbackTransaction();
    await killed.release();
    expect(await numbersLeft(id)).toBe(ALL - 2_500);

    const workers = [1, 2, 3].map(async () => {
      for (let ended: number | null = 0; ended !== null;) ended = await connections.endDisconnected(64);
    });
    await Promise.all(workers);
    while ((await connections.endDisconnected(64)) !== null);
    expect(await numbersLeft(id)).toBe(0);
    expect(await connections.find(partnerId, id)).toMatchObject({ isEnding: false });
    expect((await readiness.list({ partnerId, limit: 1_000, drifting: true })).items).toEqual([]);
    for (const key of DECLARED) {
      expect((await postgres.stores.bindings.find(partnerId, key))?.status.outcome).toBe('stalled');
    }
    const told = (await postgres.events()).slice(before).map(({ type, key }) => `${type} ${String(key)}`);
    expect(new Set(told).size).toBe(told.length);
    expect(told).toHaveLength(2 * WATCHED + DECLARED.length);
    expect(told.filter((what) => what.endsWith(String(DECLARED[1])))).toEqual(
      ['readiness.changed', 'drift.resolved', 'binding.status'].map(
        (what) => `dialtone.${what}.v1 ${String(DECLARED[1])}`,
      ),
    );
  });

  it('goes on when the disconnect is repeated, and gives away numbers that it has not come to yet', async () => {
    const { connections, inventory } = postgres.stores;
    const id = await aLargeConnection();
    await connections.disconnect(partnerId, id);
    const last = keyOf(ALL - 1);
    const heir = await connect('vobiz');
    const numbers = [{ key: last, phoneNumber: `+${last}` }];
    expect(await inventory.sync({ partnerId, connectionId: heir, numbers })).toMatchObject({ created: 1 });
    expect(await connections.disconnect(partnerId, id)).toBe(true);
    expect(await numbersLeft(id)).toBe(0);
    expect(await numbersLeft(heir)).toBe(1);
    expect(await connections.find(partnerId, id)).toMatchObject({ isEnding: false });
  });

  it('keeps no other connection waiting that is ended meanwhile', async () => {
    const { connections } = postgres.stores;
    const [large, small] = [await aLargeConnection(), await connect('plivo')];
    await connections.disconnect(partnerId, large);
    const busy = postgres.dataSource.createQueryRunner();
    await busy.startTransaction();
    await endNextKeys(busy, { id: large, limit: 10 });
    await connections.disconnect(partnerId, small);
    expect(await connections.find(partnerId, small)).toMatchObject({ status: 'DISCONNECTED', isEnding: false });
    await busy.rollbackTransaction();
    await busy.release();
  });
});
