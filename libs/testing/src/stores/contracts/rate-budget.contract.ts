import { LANE_FLOOR, type RateLane, type RateRequest } from '@dialtone/engine';
import type { MakeStoreHarness, StoreHarness } from '../harness';
import { freshHarness } from './fixtures';

/** The contract of the engine's RateBudget; every form of it passes the same tests. */
export const describeRateBudget = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as RateBudget`, () => {
    const harness = freshHarness(make);
    describeSpending(harness);
    describeLanes(harness);
    describePenalties(harness);
    describeForgetting(harness);
  });
};

/** So slow that no token returns while a test runs, unless it waits. */
const slow = (lane: RateLane, burst = 10): RateRequest => ({ ratePerSecond: 0.1, burst, lane, count: 1 });

const takeUntilRefused = async (harness: StoreHarness, credential: string, request: RateRequest): Promise<number> => {
  let taken = 0;
  while ((await harness.stores.rateBudget.take(credential, request)).granted === 1) taken += 1;
  return taken;
};

const describeSpending = (harness: () => StoreHarness): void => {
  it('gives out the burst, and then says how long to wait for the next one', async () => {
    const { rateBudget } = harness().stores;
    expect(await takeUntilRefused(harness(), 'a', slow('user'))).toBe(10);
    const { granted, waitMs } = await rateBudget.take('a', slow('user'));
    expect(granted).toBe(0);
    expect(waitMs).toBeGreaterThan(5_000);
    expect(waitMs).toBeLessThanOrEqual(10_000);
    expect(await rateBudget.take('b', slow('user'))).toEqual({ granted: 1, waitMs: 0 });
  });

  it('gives many at once, and as many as there are when more are wanted', async () => {
    const { rateBudget } = harness().stores;
    expect(await rateBudget.take('a', { ...slow('user'), count: 7 })).toEqual({ granted: 7, waitMs: 0 });
    const { granted, waitMs } = await rateBudget.take('a', { ...slow('user'), count: 7 });
    expect(granted).toBe(3);
    expect(waitMs).toBeGreaterThan(0);
    expect((await rateBudget.take('a', slow('user'))).granted).toBe(0);
  });

  it.each([
    { what: 'all of them while half of the room holds them', before: 0, ahead: 4, granted: 5 },
    { what: 'no more than half of the room that is left', before: 0, ahead: 100, granted: 1 + 9 / 2 },
    { what: 'less of a budget that others use', before: 6, ahead: 100, granted: 1 + 3 / 2 },
    { what: 'none of the last room', before: 8, ahead: 100, granted: 1 },
  ])('gives those that follow from what is idle: $what', async ({ before, ahead, granted }) => {
    const { rateBudget } = harness().stores;
    if (before > 0) await rateBudget.take('a', { ...slow('user'), count: before });
    const grant = await rateBudget.take('a', { ...slow('user'), ahead });
    expect(grant).toEqual({ granted: Math.floor(granted), waitMs: 0 });
    expect(await takeUntilRefused(harness(), 'a', slow('user'))).toBe(10 - before - grant.granted);
  });

  it('gives none that follow to a caller who does not get all that wait', async () => {
    const { rateBudget } = harness().stores;
    await rateBudget.take('a', { ...slow('user'), count: 8 });
    const { granted, waitMs } = await rateBudget.take('a', { ...slow('user'), count: 4, ahead: 50 });
    expect(granted).toBe(2);
    expect(waitMs).toBeGreaterThan(0);
  });

  it.each([3, 7, 30, 300])(
    'gives the whole burst at a rate of %d, which no interval in milliseconds hits',
    async (rate) => {
      const { rateBudget } = harness().stores;
      const request = { ratePerSecond: rate / 1_000, burst: 9, lane: 'user', count: 4 } as const;
      const grants = [await rateBudget.take('a', request), await rateBudget.take('a', request)];
      expect([...grants, await rateBudget.take('a', request)].map(({ granted }) => granted)).toEqual([4, 4, 1]);
    },
  );

  it('gives requests back at the rate', async () => {
    const request: RateRequest = { ratePerSecond: 4, burst: 1, lane: 'user', count: 1 };
    expect(await takeUntilRefused(harness(), 'a', request)).toBe(1);
    await harness().wait(300);
    expect(await takeUntilRefused(harness(), 'a', request)).toBe(1);
  });

  it('never gives out more than the burst to many that ask at the same time', async () => {
    const { rateBudget } = harness().stores;
    const grants = await Promise.all(
      Array.from({ length: 30 }, (_, index) => rateBudget.take('a', { ...slow('user'), count: 1 + (index % 3) })),
    );
    expect(grants.reduce((sum, { granted }) => sum + granted, 0)).toBe(10);
  });

  it('limits nothing at rate 0', async () => {
    const { rateBudget } = harness().stores;
    const request: RateRequest = { ratePerSecond: 0, burst: 1, lane: 'sweep', count: 500 };
    for (let round = 0; round < 3; round += 1)
      expect(await rateBudget.take('a', request)).toEqual({ granted: 500, waitMs: 0 });
    expect(await rateBudget.take('a', { ...request, ahead: 20 })).toEqual({ granted: 520, waitMs: 0 });
  });
};

const describeLanes = (harness: () => StoreHarness): void => {
  it('keeps a part of the burst for more important lanes', async () => {
    expect(await takeUntilRefused(harness(), 'a', slow('sweep'))).toBe(6);
    expect(await takeUntilRefused(harness(), 'a', slow('repair'))).toBe(2);
    expect(await takeUntilRefused(harness(), 'a', slow('user'))).toBe(2);
  });

  it('gives every lane at least one request of a full budget', async () => {
    expect(await takeUntilRefused(harness(), 'a', slow('sweep', 1))).toBe(1);
  });

  it.each([
    ['user', 'repair', 1],
    ['user', 'sweep', 1],
    ['repair', 'sweep', 1],
    ['repair', 'sweep', 2],
  ] as const)(
    'holds the next request for %s, which waits, and not for %s, of a burst of %d',
    async (high, low, burst) => {
      const { rateBudget } = harness().stores;
      const intervalMs = 10_000;
      // Both have had what their floor gives them.
      for (const lane of [high, low]) await rateBudget.take('a', slow(lane, burst));
      await takeUntilRefused(harness(), 'a', slow(low, burst));
      const before = await rateBudget.take('a', slow(low, burst));
      const waiting = await rateBudget.take('a', slow(high, burst));
      const after = await rateBudget.take('a', slow(low, burst));
      expect([before.granted, waiting.granted, after.granted]).toEqual([0, 0, 0]);
      expect(waiting.waitMs).toBeLessThanOrEqual(before.waitMs);
      expect(after.waitMs).toBeGreaterThan(before.waitMs + intervalMs / 2);
    },
  );

  it('gives the next request to the lane below when the one that waited does not come', async () => {
    const { stores, wait } = harness();
    const asked = (lane: RateLane): RateRequest => ({ ratePerSecond: 20, burst: 1, lane, count: 1 });
    await takeUntilRefused(harness(), 'a', asked('user'));
    await wait(700);
    expect((await stores.rateBudget.take('a', asked('repair'))).granted).toBe(1);
  });

  it.each(['repair', 'sweep'] as const)(
    'gives %s its floor while users take everything, and not more',
    async (lane) => {
      const { rateBudget } = harness().stores;
      const ratePerSecond = 50;
      const user: RateRequest = { ratePerSecond, burst: 5, lane: 'user', count: 5 };
      const low: RateRequest = { ...user, lane, count: 3 };
      const floorMs = 1_000 / (ratePerSecond * (LANE_FLOOR[lane] ?? 1));
      await rateBudget.take('a', { ...user, burst: 500, count: 300 });
      expect(await rateBudget.take('a', low)).toMatchObject({ granted: 1 });
      const { granted, waitMs } = await rateBudget.take('a', low);
      expect(granted).toBe(0);
      expect(waitMs).toBeLessThanOrEqual(floorMs);
      await harness().wait(floorMs + 10);
      expect(await rateBudget.take('a', low)).toMatchObject({ granted: 1 });
      expect((await rateBudget.take('a', user)).granted).toBe(0);
    },
  );
};

const describePenalties = (harness: () => StoreHarness): void => {
  it.each([0.1, 0])('gives nobody a request of a penalised credential, at rate %d', async (ratePerSecond) => {
    const { rateBudget } = harness().stores;
    await rateBudget.penalize('a', 60_000);
    await rateBudget.penalize('a', 1_000);
    for (const lane of ['user', 'repair', 'sweep'] as const) {
      const { granted, waitMs } = await rateBudget.take('a', { ...slow(lane), ratePerSecond });
      expect(granted).toBe(0);
      expect(waitMs).toBeGreaterThan(50_000);
      expect(waitMs).toBeLessThanOrEqual(60_000);
    }
    expect((await rateBudget.take('b', { ...slow('user'), ratePerSecond })).granted).toBe(1);
  });

  it('goes on after a penalty with what was left', async () => {
    const { stores, wait } = harness();
    await stores.rateBudget.penalize('a', 50);
    expect((await stores.rateBudget.take('a', slow('user'))).granted).toBe(0);
    await wait(100);
    expect(await takeUntilRefused(harness(), 'a', slow('user'))).toBe(10);
  });
};

const describeForgetting = (harness: () => StoreHarness): void => {
  it('forgets who has not asked for long, and nobody else', async () => {
    const { stores, wait } = harness();
    const soon: RateRequest = { ratePerSecond: 100, burst: 1, lane: 'user', count: 1 };
    await stores.rateBudget.take('idle', soon);
    await stores.rateBudget.take('ahead', slow('user'));
    await stores.rateBudget.penalize('penalised', 60_000);
    await wait(100);
    expect(await stores.rateBudget.forget(60_000)).toBe(0);
    expect(await stores.rateBudget.forget(50)).toBe(1);
    expect((await stores.rateBudget.take('penalised', soon)).granted).toBe(0);
  });
};
