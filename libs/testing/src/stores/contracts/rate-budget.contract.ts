import type { RateLane, RateRequest } from '@dialtone/engine';
import type { MakeStoreHarness, StoreHarness } from '../harness';
import { freshHarness } from './fixtures';

/** The contract of the engine's RateBudget; every form of it passes the same tests. */
export const describeRateBudget = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as RateBudget`, () => {
    const harness = freshHarness(make);
    describeSpending(harness);
    describePenalties(harness);
  });
};

/** So slow that nothing is given back while a test runs, unless it waits. */
const slow = (lane: RateLane, burst = 10): RateRequest => ({ ratePerSecond: 0.1, burst, lane });

const takeUntilRefused = async (harness: StoreHarness, credential: string, request: RateRequest): Promise<number> => {
  let taken = 0;
  while ((await harness.stores.rateBudget.take(credential, request)) === 0) taken += 1;
  return taken;
};

const describeSpending = (harness: () => StoreHarness): void => {
  it('gives out the burst, and then says how long to wait for the next one', async () => {
    const { rateBudget } = harness().stores;
    expect(await takeUntilRefused(harness(), 'a', slow('user'))).toBe(10);
    const wait = await rateBudget.take('a', slow('user'));
    expect(wait).toBeGreaterThan(5_000);
    expect(wait).toBeLessThanOrEqual(10_000);
    expect(await rateBudget.take('b', slow('user'))).toBe(0);
  });

  it('keeps a part of the burst for more important lanes', async () => {
    expect(await takeUntilRefused(harness(), 'a', slow('sweep'))).toBe(6);
    expect(await takeUntilRefused(harness(), 'a', slow('repair'))).toBe(2);
    expect(await takeUntilRefused(harness(), 'a', slow('user'))).toBe(2);
  });

  it('gives every lane at least one request of a full budget', async () => {
    expect(await takeUntilRefused(harness(), 'a', slow('sweep', 1))).toBe(1);
  });

  it('gives requests back at the rate', async () => {
    const request: RateRequest = { ratePerSecond: 4, burst: 1, lane: 'user' };
    expect(await takeUntilRefused(harness(), 'a', request)).toBe(1);
    await harness().wait(300);
    expect(await takeUntilRefused(harness(), 'a', request)).toBe(1);
  });

  it('never gives out more than the burst to many that ask at the same time', async () => {
    const { rateBudget } = harness().stores;
    const waits = await Promise.all(Array.from({ length: 30 }, () => rateBudget.take('a', slow('user'))));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
    expect(waits.every((wait) => wait >= 0)).toBe(true);
  });
};

const describePenalties = (harness: () => StoreHarness): void => {
  it('gives nobody a request of a penalised credential, and never shortens a penalty', async () => {
    const { rateBudget } = harness().stores;
    await rateBudget.penalize('a', 60_000);
    await rateBudget.penalize('a', 1_000);
    const wait = await rateBudget.take('a', slow('user'));
    expect(wait).toBeGreaterThan(50_000);
    expect(wait).toBeLessThanOrEqual(60_000);
    expect(await rateBudget.take('b', slow('user'))).toBe(0);
  });

  it('goes on after a penalty with what was left', async () => {
    const { stores, wait } = harness();
    await stores.rateBudget.penalize('a', 50);
    expect(await stores.rateBudget.take('a', slow('user'))).toBeGreaterThan(0);
    await wait(100);
    expect(await takeUntilRefused(harness(), 'a', slow('user'))).toBe(10);
  });
};
