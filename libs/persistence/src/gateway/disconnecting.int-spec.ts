import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { clientBotsResource, didResource, requestResource, sweepResource, type Lease } from '@dialtone/engine';
import { useTenant } from '@dialtone/persistence/testing';
import { aDidKey } from '@dialtone/testing';
import { PhoneNumberStore } from '../engine/phone-numbers.store';

const tenant = useTenant();
const { postgres, given, connect, anotherPartner, declare, settleAll, dueKeys } = tenant;
const { query } = postgres;
let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
});
const HOUR_MS = 3_600_000;
const LONG_MS = 60_000;

describe('disconnecting', () => {
  it('ends the access, the sweeps and every lease of work that is under way', async () => {
    const [id, bystander] = [await connect(), await connect()];
    const key = aDidKey();
    const held: Lease[] = [];
    const untouched: Lease[] = [];
    const hold = async (into: Lease[], resource: string): Promise<void> => {
      const lease = await postgres.stores.leases.acquire(resource, 'worker', LONG_MS);
      if (lease !== null) into.push(lease);
    };
    const resourcesOf = (one: ConnectionId) => [
      sweepResource(one),
      didResource(one, key),
      clientBotsResource(one, 7),
      requestResource(one, 'client:7'),
    ];
    for (const resource of resourcesOf(id)) await hold(held, resource);
    for (const resource of resourcesOf(bystander)) await hold(untouched, resource);
    expect([held.length, untouched.length]).toEqual([4, 4]);
    expect(await postgres.stores.connections.disconnect(partnerId, id)).toBe(true);
    const intent = {
      connectionId: id,
      key,
      bindingId: null,
      actor: 'reconciler',
      requestId: null,
      step: 'ensure_bot',
      target: 'bot-create:7',
      generation: 1,
      body: {},
    } as const;
    expect(await postgres.stores.journal.begin(intent, held)).toBeNull();
    for (const lease of held) expect(await postgres.stores.leases.renew(lease, LONG_MS)).toBe(false);
    for (const lease of untouched) expect(await postgres.stores.leases.renew(lease, LONG_MS)).toBe(true);
    expect(await postgres.stores.connections.access(id)).toBeNull();
    expect(await postgres.stores.voiceLinkConnections.find(id)).toBeNull();
    const swept: unknown[] = [];
    for (let nth = 0; nth < 3; nth += 1) {
      swept.push((await postgres.stores.sweepQueue.claimSweep('sweeper', LONG_MS))?.connection.id);
    }
    expect(swept).not.toContain(id);
  });

  it('ends releases that were under way, each with its event', async () => {
    const [id, keys] = [await connect(), [aDidKey(), aDidKey()].toSorted()];
    for (const key of keys) {
      await declare(id, key);
      const claim = { partnerId, key, actor: 'key-1', precondition: { kind: 'none' } } as const;
      await postgres.stores.bindings.remove({ ...claim, release: 'outbound_off' });
    }
    const before = (await postgres.events()).length;
    await postgres.stores.connections.disconnect(partnerId, id);
    for (const key of keys) expect(await postgres.stores.bindings.find(partnerId, key)).toBeNull();
    const types = (await postgres.events()).slice(before).map(({ type }) => type);
    expect(types.filter((type) => type === 'dialtone.binding.deleted.v1')).toHaveLength(2);
  });

  it('stalls its bindings with a message and an event each, and nobody claims them', async () => {
    const [id, bystander] = [await connect(), await connect()];
    const keys = [aDidKey(), aDidKey(), aDidKey()].toSorted();
    for (const key of keys) await declare(id, key);
    await settleAll();
    const spared = aDidKey();
    await declare(bystander, spared);
    const before = (await postgres.events()).length;
    await postgres.stores.connections.disconnect(partnerId, id);
    for (const key of keys) {
      const view = await postgres.stores.bindings.find(partnerId, key);
      expect(view?.status).toMatchObject({
        outcome: 'stalled',
        message: expect.stringContaining('disconnected') as string,
      });
    }
    const events = (await postgres.events()).slice(before);
    expect(events.map(({ type, key }) => [type, key])).toEqual(keys.map((key) => ['dialtone.binding.status.v1', key]));
    expect(events[0]).toMatchObject({ data: { outcome: 'stalled', generation: 1, observed_generation: 1 } });
    for (const key of keys) await postgres.stores.bindings.trigger(partnerId, key);
    expect(await dueKeys()).toEqual([spared]);
    expect(
      (await postgres.stores.stats.counts({ cursors: [], maxConnections: 1, freshForMs: HOUR_MS })).bindingsDue,
    ).toBe(1);
    // Its declarations can be moved to a connection that works, or withdrawn.
    const [moved, key] = keys;
    if (moved === undefined || key === undefined) throw new Error('There are three keys.');
    expect(await declare(bystander, moved)).toMatchObject({ kind: 'updated' });
    expect(
      (await postgres.stores.bindings.remove({ partnerId, key, actor: 'a', precondition: { kind: 'none' } })).kind,
    ).toBe('removed');
    expect(await declare(bystander, key)).toMatchObject({ kind: 'created' });
  });

  it('keeps the work that was claimed before from writing its outcome', async () => {
    const id = await connect();
    const key = aDidKey();
    await declare(id, key);
    const [claimed] = await postgres.stores.bindingQueue.claim('worker', 1, LONG_MS);
    if (claimed === undefined) throw new Error('Nothing was due.');
    await postgres.stores.connections.disconnect(partnerId, id);
    await postgres.stores.bindingQueue.complete(claimed, { kind: 'settled' }, HOUR_MS);
    expect((await postgres.stores.bindings.find(partnerId, key))?.status.outcome).toBe('stalled');
  });

  it('writes nothing when it is repeated, and nothing of another partner', async () => {
    const id = await connect();
    await declare(id, aDidKey());
    expect(await postgres.stores.connections.disconnect(await anotherPartner(), id)).toBe(false);
    expect(await postgres.stores.connections.disconnect(partnerId, id)).toBe(true);
    const events = (await postgres.events()).length;
    const versions = () => query(`select ctid::text, xmin::text from connections`);
    const before = await versions();
    expect(await postgres.stores.connections.disconnect(partnerId, id)).toBe(true);
    expect([await versions(), (await postgres.events()).length]).toEqual([before, events]);
    expect(await postgres.stores.connections.rename(partnerId, id, 'late')).toBe(false);
  });

  it('leaves no declaration behind that was made in the same moment', async () => {
    const agentId = await postgres.given.agent(partnerId);
    for (let round = 0; round < 10; round += 1) {
      const id = await connect();
      const keys = [aDidKey(), aDidKey(), aDidKey()];
      const declaring = keys.map(async (key) => {
        expect(['created', 'connection_not_found']).toContain((await declare(id, key, agentId)).kind);
      });
      await Promise.all([...declaring, postgres.stores.connections.disconnect(partnerId, id)]);
      const left = await query(`select 1 from bindings where connection_id = $1 and outcome <> 'stalled'`, [id]);
      expect(left).toEqual([]);
    }
  });

  it('leaves no number active that is imported in the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const connectionId = await connect();
      const keys = Array.from({ length: 50 }, () => aDidKey());
      const place = { partnerId, connectionId };
      const [one] = keys as [DidKey];
      const importing = [
        postgres.stores.phoneNumbers.importAll({ ...place, keys, proven: [] }),
        postgres.stores.phoneNumbers.import({ ...place, key: one, friendlyName: 'x' }),
      ];
      await delay(round);
      await Promise.all([...importing, postgres.stores.connections.disconnect(partnerId, connectionId)]);
      expect(await postgres.stores.phoneNumbers.importAll({ ...place, keys: [aDidKey()], proven: [] })).toEqual([]);
      const active = `select 1 from phone_numbers where connection_id = $1 and (status = 'ACTIVE' or inbound_enabled)`;
      expect(await query(active, [connectionId])).toEqual([]);
    }
  });

  it('waits for an import that is under way, and deactivates what it brings', async () => {
    const [connectionId, key] = [await connect(), aDidKey()];
    const importing = postgres.dataSource.createQueryRunner();
    await importing.startTransaction();
    await new PhoneNumberStore(importing.manager).importAll({ partnerId, connectionId, keys: [key], proven: [] });
    const disconnecting = postgres.stores.connections.disconnect(partnerId, connectionId);
    expect(await Promise.race([disconnecting, delay(100, 'waits')])).toBe('waits');
    await importing.commitTransaction();
    await importing.release();
    await disconnecting;
    expect(await postgres.stores.phoneNumbers.rows(connectionId)).toMatchObject([
      { key, status: 'INACTIVE', inboundEnabled: false },
    ]);
  });

  it('passes triggers, claims, verdicts and changes of numbers without a deadlock', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await connect();
      const numbers = [given(), given(), given(), given()];
      await postgres.stores.inventory.sync({ partnerId, connectionId: id, numbers }).catch(() => undefined);
      const agentId = await postgres.given.agent(partnerId);
      for (const { key } of numbers) await declare(id, key, agentId);
      const { items } = await postgres.stores.inventory.list({ partnerId, connectionId: id, limit: 100, offset: 0 });
      await Promise.all([
        ...items.map((row, nth) =>
          postgres.stores.inventory.update(partnerId, row.id, { agentId: nth % 2 === 0 ? agentId : null }),
        ),
        ...numbers.map(({ key }) => postgres.stores.bindings.trigger(partnerId, key)),
        settleAll(),
        postgres.stores.connections.disconnect(partnerId, id),
        postgres.stores.agents.remove(partnerId, agentId),
        postgres.stores.connections.acknowledgeHold(partnerId, id, 'a'),
      ]);
      expect((await postgres.stores.connections.find(partnerId, id))?.status).toBe('DISCONNECTED');
    }
  });
});
