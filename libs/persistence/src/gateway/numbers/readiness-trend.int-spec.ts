import type { ConnectionId, PartnerId } from '@dialtone/domain';
import { useTenant } from '@dialtone/persistence/testing';
import { aDidKey, updateOf } from '@dialtone/testing';
import type { TrendStep } from './readiness-trend';

const tenant = useTenant();
const { postgres, connect, declare } = tenant;
/** Verdicts of tests are dated long ago. */
const FRESH_FOR_MS = 10 * 365 * 86_400_000;

let partnerId: PartnerId;
beforeEach(() => {
  ({ partnerId } = tenant);
});

const count = () => postgres.stores.readinessTrend.count({ freshForMs: FRESH_FOR_MS });
const points = (step: TrendStep, over: { readonly connectionId?: ConnectionId; readonly days?: number } = {}) =>
  postgres.stores.readinessTrend.points({ partnerId, step, days: 2, ...over });
const rowsOf = () => postgres.query<{ xmin: string }>('select xmin::text from readiness_counts order by 1');
const see = async (id: ConnectionId, issues: readonly ('NO_BOT' | 'ROUTING_CHANGED')[][]) => {
  const keys = issues.map(() => aDidKey());
  const verdicts = keys.map((key, nth) => updateOf(key, { issues: issues[nth] ?? [] }));
  await postgres.stores.keyStates.apply(id, verdicts, { makeDue: false });
  return keys;
};

describe('the trend of readiness', () => {
  it('counts what the summary counts, by connection, for the hour and the day', async () => {
    const [first, second] = [await connect(), await connect()];
    const [, broken] = await see(first, [[], ['NO_BOT', 'ROUTING_CHANGED'], []]);
    await see(second, [['NO_BOT']]);
    if (broken !== undefined) await declare(first, broken);
    await count();
    const summary = await postgres.stores.numbers.summary({ partnerId, freshForMs: FRESH_FOR_MS, maxLabels: 1 });
    for (const step of ['hour', 'day'] as const) {
      expect(await points(step)).toMatchObject([
        { numbers: 4, declared: 1, stale: 0, states: { READY: 2, NO_BOT: 2 } },
      ]);
      for (const { connectionId, numbers, declared, states } of summary.connections)
        expect(await points(step, { connectionId })).toMatchObject([{ numbers, declared, states }]);
    }
    const [hour, day] = [(await points('hour'))[0]?.at, (await points('day'))[0]?.at];
    expect([hour?.getUTCMinutes(), day?.getUTCHours(), day?.getUTCDate()]).toEqual([0, 0, hour?.getUTCDate()]);
  });

  it('has the last counts of an hour, and writes nothing when they are the same', async () => {
    const id = await connect();
    await see(id, [[]]);
    await count();
    const before = await rowsOf();
    await Promise.all([count(), count()]);
    expect(await rowsOf()).toEqual(before);
    await see(id, [['NO_BOT']]);
    await count();
    expect(await points('hour')).toMatchObject([{ numbers: 2, states: { READY: 1, NO_BOT: 1 } }]);
    expect(await rowsOf()).toHaveLength(2);
  });

  it('is shown oldest first, and deleted when it is old: hours and days each by their age', async () => {
    const id = await connect();
    await see(id, [[]]);
    await count();
    await postgres.query(
      `insert into readiness_counts select step, at - days * interval '1 day', connection_id, partner_id, 7, 0, 0, '{"UNKNOWN": 7}'
         from readiness_counts cross join generate_series(1, 12) days`,
    );
    const recent = await points('day', { days: 3 });
    expect(recent.map(({ numbers }) => numbers)).toEqual([7, 7, 1]);
    const { readinessTrend: trend } = postgres.stores;
    expect(await trend.prune({ step: 'hour', olderThanDays: 8, limit: 3 })).toBe(3);
    expect(await trend.prune({ step: 'hour', olderThanDays: 8, limit: 3 })).toBeLessThanOrEqual(1);
    expect((await points('day', { days: 400 })).length).toBe(13);
    expect(await trend.prune({ step: 'day', olderThanDays: 10, limit: 100 })).toBe(2);
    expect((await points('day', { days: 400 })).length).toBe(11);
  });

  it('is not shown to another partner', async () => {
    await see(await connect(), [[]]);
    await count();
    const other = await tenant.anotherPartner();
    expect(await postgres.stores.readinessTrend.points({ partnerId: other, step: 'day', days: 2 })).toEqual([]);
  });
});
