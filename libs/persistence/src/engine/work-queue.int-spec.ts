import { setTimeout as sleep } from 'node:timers/promises';
import type { DidKey } from '@dialtone/domain';
import { didResource, sweepResource, type SweepableConnection } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, aSpec, expectSoundEvents, OBSERVED_AT, updateOf } from '@dialtone/testing';
import { Client } from 'pg';
import type { Stores } from '../store-types';

const postgres = usePostgres();
let connection: SweepableConnection;
beforeEach(async () => {
  connection = await postgres.given.connection();
});
afterEach(async () => {
  expectSoundEvents(await postgres.events());
});

const { query } = postgres;
const declare = async (key = aDidKey()): Promise<DidKey> => {
  const spec = aSpec({ agentId: await postgres.given.agent(connection.partnerId) });
  await postgres.given.declare({ connectionId: connection.id, key, spec });
  return key;
};
const apply = (updates: Parameters<Stores['keyStates']['apply']>[1]) =>
  postgres.stores.keyStates.apply(connection.id, updates, { makeDue: true });

describe('the work queue', () => {
  it.each(['a DID', 'a sweep', 'one sweep'])(
    'gives nobody the lease of %s that another is just taking',
    async (what) => {
      const key = await declare();
      const resource = what === 'a DID' ? didResource(connection.id, key) : sweepResource(connection.id);
      const other = new Client({ connectionString: postgres.database.url });
      await other.connect();
      // A process that looks for free rows must not see it yet.
      await other.query('begin');
      await other.query(
        `insert into leases (resource, owner, epoch, expires_at)
       values ($1, 'gateway', nextval('lease_epoch'), now() + interval '1 minute')`,
        [resource],
      );
      const claiming = Promise.all([
        postgres.stores.bindingQueue.claim('worker', 1, 60_000),
        what === 'one sweep'
          ? postgres.stores.sweepQueue.claimSweepOf(connection.id, 'worker', 60_000)
          : postgres.stores.sweepQueue.claimSweep('worker', 60_000),
      ]);
      await sleep(50);
      await other.query('commit');
      await other.end();
      const [dids, sweep] = await claiming;
      expect([dids.length, sweep?.connection.id]).toEqual(what === 'a DID' ? [0, connection.id] : [1, undefined]);
      expect(await query('select owner from leases where resource = $1', [resource])).toEqual([{ owner: 'gateway' }]);
    },
  );

  it('survives claiming, completing, triggering, judging and declaring all at once', async () => {
    const keys: DidKey[] = [];
    for (let nth = 0; nth < 15; nth += 1) keys.push(await declare());
    const work = async (owner: string): Promise<void> => {
      for (let nth = 0; nth < 12; nth += 1) {
        const claimed = await postgres.stores.bindingQueue.claim(owner, 4, 60_000);
        await Promise.all(claimed.map((one) => postgres.stores.bindingQueue.complete(one, { kind: 'settled' }, 0)));
      }
    };
    const disturb = async (nth: number): Promise<void> => {
      const issues = nth % 2 === 0 ? (['NO_BOT'] as const) : [];
      await apply(keys.map((key) => updateOf(key, { issues, at: OBSERVED_AT + nth })));
      await postgres.stores.voiceLinkConnections.holdWrites(connection.id, 'too many');
      await postgres.given.acknowledgeHold(connection.id);
      await Promise.all(keys.map((key) => postgres.stores.trigger.trigger({ connectionId: connection.id, key })));
    };
    await Promise.all([work('a'), work('b'), work('c'), ...Array.from({ length: 6 }, (_, nth) => disturb(nth))]);
    const due = await postgres.stores.bindingQueue.claim('last', 100, 60_000);
    expect(due.map(({ binding }) => binding.key).sort()).toEqual(keys.sort());
  });

  it('makes nothing due for names that do not exist or are no names', async () => {
    const key = await declare();
    const { trigger } = postgres.stores;
    expect(await trigger.trigger({ connectionId: connection.id, key })).toBe(true);
    expect(await trigger.trigger({ connectionId: connection.id, key: null })).toBe(true);
    const missing = '00000000-0000-4000-8000-00000000dead';
    for (const request of [
      { connectionId: connection.id, key: aDidKey() },
      { connectionId: connection.id, key: "' or 1=1 --" },
      { connectionId: missing, key },
      { connectionId: missing, key: null },
      { connectionId: 'not a uuid', key: null },
    ]) {
      expect(await trigger.trigger(request)).toBe(false);
    }
    await postgres.given.disconnect(connection.id);
    expect(await trigger.trigger({ connectionId: connection.id, key: null })).toBe(false);
  });
});

describe('phone numbers', () => {
  it('enables one connection for inbound calls of a number, the first one', async () => {
    const second = await postgres.given.connection();
    const key = aDidKey();
    for (const { id: connectionId, partnerId } of [connection, second]) {
      await postgres.stores.phoneNumbers.import({ partnerId, connectionId, key, friendlyName: key });
    }
    expect(await query(`select connection_id, inbound_enabled from phone_numbers order by created_at`)).toEqual([
      { connection_id: connection.id, inbound_enabled: true },
      { connection_id: second.id, inbound_enabled: false },
    ]);
    await expect(query(`update phone_numbers set inbound_enabled = true`)).rejects.toThrow('phone_numbers_inbound');
  });
});
