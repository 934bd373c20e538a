import { InMemoryWorld, ManualClock } from '@dialtone/testing';
import fc from 'fast-check';
import { BudgetQueue } from './budget-queue';
import { BudgetStock, STOCK_MS } from './budget-stock';

const PATIENT = { totalMs: null, atOnceMs: 10_000 };

describe('requests that were granted ahead', () => {
  it.each([
    { what: 'at the rate of the budget while nothing is sent', sentNow: 0, afterMs: 40, left: 6 },
    { what: 'only once those that were sent are forgotten', sentNow: 3, afterMs: 40, left: 9 },
    { what: 'not at once', sentNow: 0, afterMs: 0, left: 10 },
  ])('go $what', async ({ sentNow, afterMs, left }) => {
    const clock = new ManualClock();
    const stock = new BudgetStock(clock, 10);
    stock.put(sentNow, 10, clock.now());
    await clock.advance(afterMs);
    let taken = 0;
    while (stock.take()) taken += 1;
    expect(taken).toBe(left);
  });

  it('are too old after a while, at no limit, too', async () => {
    const clock = new ManualClock();
    const stock = new BudgetStock(clock, 0);
    stock.put(1, 10, clock.now());
    await clock.advance(STOCK_MS - 1);
    expect(stock.take()).toBe(true);
    await clock.advance(1);
    expect(stock.take()).toBe(false);
  });

  it('are not sent any more when the clock goes back', () => {
    let now = 5_000;
    const stock = new BudgetStock({ now: () => now }, 10);
    stock.put(0, 5, now);
    now = 4_000;
    expect(stock.take()).toBe(false);
  });

  it('never let several processes send more at once or in a row than the budget would', async () => {
    const limits = fc.record({
      ratePerSecond: fc.integer({ min: 2, max: 400 }),
      burst: fc.integer({ min: 1, max: 200 }),
    });
    const steps = fc.array(
      fc.record({
        process: fc.integer({ min: 0, max: 2 }),
        following: fc.nat({ max: 80 }),
        requests: fc.integer({ min: 1, max: 40 }),
        restMs: fc.oneof(fc.constant(0), fc.nat({ max: 50 }), fc.nat({ max: 700 })),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(limits, steps, async (limit, many) => {
        // Epoch milliseconds leave a double a quarter of a microsecond: a hundred additions are more than the tolerance.
        const { clock, rateBudget } = new InMemoryWorld(new ManualClock(0));
        const { ratePerSecond, burst } = limit;
        let [level, at, most] = [0, clock.now(), 0];
        const sent = (): void => {
          level = Math.max(0, level - ((clock.now() - at) * ratePerSecond) / 1_000) + 1;
          at = clock.now();
          most = Math.max(most, level);
        };
        const queues = [0, 1, 2].map(
          () =>
            new BudgetQueue({
              clock,
              intervalMs: 1_000 / ratePerSecond,
              take: (count, ahead) => rateBudget.take('a', { ...limit, lane: 'user', count, ahead }),
              onError: () => undefined,
            }),
        );
        for (const { process, following, requests, restMs } of many) {
          for (let nth = 0; nth < requests; nth += 1) {
            void queues[process]?.enter(PATIENT, following).then((refused) => {
              if (refused === 0) sent();
            });
          }
          await clock.settle();
          await clock.advance(restMs);
        }
        expect(most).toBeLessThanOrEqual(burst + 1e-3);
      }),
      { numRuns: 100 },
    );
  });
});
