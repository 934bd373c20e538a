import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import { aDidKey, OBSERVED_AT, updateOf } from '@dialtone/testing';

const tenant = useTenant();
const { postgres, connect, declare } = tenant;
let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
});

const saw = (id: ConnectionId, key: DidKey, seen: Parameters<typeof updateOf>[1] = {}): Promise<readonly DidKey[]> =>
  postgres.stores.keyStates.apply(id, [updateOf(key, seen)], { makeDue: false });
const list = async (filter: { readonly drifting?: true; readonly state?: 'READY' } = {}) =>
  (await postgres.stores.readiness.list({ partnerId, limit: 1_000, ...filter })).items;
const disconnect = (id: ConnectionId) => postgres.stores.connections.disconnect(partnerId, id);

describe('the verdicts of a disconnected connection', () => {
  it('end: nothing of it is READY or drifting any more, and another connection keeps its own', async () => {
    const [id, bystander] = [await connect(), await connect()];
    const [fine, broken, kept] = [aDidKey('918011223301'), aDidKey('918011223302'), aDidKey()];
    await declare(id, fine);
    await saw(id, fine);
    await saw(id, broken, { issues: ['NO_BOT', 'ROUTING_MISSING'] });
    await saw(bystander, kept, { issues: ['NO_BOT'] });
    const before = (await postgres.events()).length;
    await disconnect(id);
    const ended = (await list()).filter(({ connectionId }) => connectionId === id);
    expect(ended.map(({ key }) => key)).toEqual([fine, broken]);
    for (const row of ended) {
      expect(row).toMatchObject({ state: 'UNKNOWN', issues: [], actionItems: [], stale: true, drift: null });
      expect(row.observedAt).toEqual(new Date(OBSERVED_AT));
    }
    expect((await list({ drifting: true })).map(({ key }) => key)).toEqual([kept]);
    expect(await list({ state: 'READY' })).toEqual([]);
    const events = (await postgres.events()).slice(before);
    expect(events.map(({ type, key }) => [type, key])).toEqual([
      ['dialtone.readiness.changed.v1', fine],
      ['dialtone.readiness.changed.v1', broken],
      ['dialtone.drift.resolved.v1', broken],
      ['dialtone.binding.status.v1', fine],
    ]);
    expect(events[2]?.data).toMatchObject({
      reason: 'disconnected',
      state: 'UNKNOWN',
      issues: [],
      previous_issues: ['NO_BOT', 'ROUTING_MISSING'],
    });
  });

  it('end for as many numbers as there are, and say so once each', async () => {
    const id = await connect();
    const keys = Array.from({ length: 1_203 }, (_, nth) => aDidKey(String(918_000_000_000 + nth)));
    await postgres.stores.keyStates.apply(
      id,
      keys.map((key) => updateOf(key, { issues: ['NO_BOT'] })),
      { makeDue: false },
    );
    const before = (await postgres.events()).length;
    await disconnect(id);
    const [left] = await postgres.query<{ count: number }>(
      `select count(*)::int as count from dids where state <> 'UNKNOWN' or drift_id is not null or digest <> ''`,
    );
    expect(left?.count).toBe(0);
    const told = (await postgres.events()).slice(before);
    expect(new Set(told.map(({ type, key }) => `${type} ${String(key)}`)).size).toBe(2 * keys.length);
    expect(told).toHaveLength(2 * keys.length);
  });

  it('are not opened again by what was still under way', async () => {
    const [id, key, unseen] = [await connect(), aDidKey(), aDidKey()];
    await saw(id, key);
    await disconnect(id);
    const events = (await postgres.events()).length;
    expect(await saw(id, key, { at: OBSERVED_AT + 1, issues: ['NO_BOT'] })).toEqual([]);
    expect(await saw(id, unseen)).toEqual([]);
    expect([(await list()).map(({ state }) => state), (await postgres.events()).length]).toEqual([['UNKNOWN'], events]);
  });

  it('end also when a sweep stores in the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await connect();
      const sweeping = Array.from({ length: 4 }, (_, nth) =>
        saw(id, aDidKey(String(917_000_000_000 + round * 10 + nth)), nth % 2 === 0 ? {} : { issues: ['NO_BOT'] }),
      );
      await delay(round);
      await Promise.all([...sweeping, disconnect(id)]);
      expect((await list()).filter((row) => row.state !== 'UNKNOWN' || row.drift !== null)).toEqual([]);
    }
  });

  it('that an earlier release left open end when the disconnect is repeated', async () => {
    const [id, key] = [await connect(), aDidKey()];
    await saw(id, key, { issues: ['NO_BOT'] });
    await postgres.given.disconnect(id);
    // As the migration leaves what was disconnected before it.
    await postgres.query(`update connections set ends_after = '' where id = $1`, [id]);
    expect(await list({ drifting: true })).toHaveLength(1);
    await disconnect(id);
    expect(await list({ drifting: true })).toEqual([]);
  });
});
