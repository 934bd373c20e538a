import { ManualClock } from '@dialtone/testing';
import { BudgetQueue, type Patience } from './budget-queue';
import type { RateGrant } from '../ports/rate-budget';

const PATIENT: Patience = { totalMs: null, atOnceMs: 10_000 };

/** A queue over grants that the test hands out; `asked` are the counts that were asked for. */
const make = (grants: (RateGrant | Error)[] = [], intervalMs = 0) => {
  const clock = new ManualClock();
  const asked: number[] = [];
  const aheads: number[] = [];
  const errors: unknown[] = [];
  const queue = new BudgetQueue({
    clock,
    intervalMs,
    take: (count, ahead) => {
      asked.push(count);
      if (ahead > 0) aheads.push(ahead);
      const next = grants.shift() ?? { granted: count, waitMs: 0 };
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    onError: (error) => errors.push(error),
  });
  const ended: number[] = [];
  const enter = (patience = PATIENT, following = 0): void => {
    void queue.enter(patience, following).then((refusedForMs) => ended.push(refusedForMs));
  };
  return { clock, asked, aheads, errors, queue, ended, enter };
};

const none = (waitMs: number): RateGrant => ({ granted: 0, waitMs });

describe('a queue for the rate budget', () => {
  it('asks once for all that came while it was asking', async () => {
    const { clock, asked, ended, enter } = make();
    for (let count = 0; count < 6; count += 1) enter();
    await clock.settle();
    expect(asked).toEqual([1, 5]);
    expect(ended).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('lets those with a deadline go before those without, and each in order', async () => {
    const one: RateGrant = { granted: 1, waitMs: 1_000 };
    const { clock, queue } = make([none(1_000), one, one, one, one], 1_000);
    const went: string[] = [];
    const enter = (name: string, patience: Patience): void => {
      void queue.enter(patience).then((refusedForMs) => went.push(refusedForMs === 0 ? name : `${name} refused`));
    };
    enter('list 1', PATIENT);
    await clock.settle();
    enter('list 2', PATIENT);
    enter('write 1', { totalMs: 2_500, atOnceMs: 2_500 });
    enter('write 2', { totalMs: 2_500, atOnceMs: 2_500 });
    enter('write 3', { totalMs: 2_500, atOnceMs: 2_500 });
    await clock.advance(10_000);
    expect(went).toEqual(['write 3 refused', 'write 1', 'write 2', 'list 1', 'list 2']);
  });

  it('asks ahead for those that follow, and no more for as many as it got', async () => {
    const { clock, asked, aheads, ended, enter } = make([{ granted: 4, waitMs: 0 }]);
    for (let following = 99; following > 95; following -= 1) {
      enter(PATIENT, following);
      await clock.settle();
    }
    expect([asked, aheads, ended]).toEqual([[1], [64], [0, 0, 0, 0]]);
    enter(PATIENT, 95);
    await clock.settle();
    expect([asked, aheads]).toEqual([
      [1, 1],
      [64, 64],
    ]);
  });

  it.each([
    { when: 'while they are kept', grantMs: 0 },
    { when: 'while they are asked for', grantMs: 200 },
  ])('sends none of them after it is closed, $when', async ({ grantMs }) => {
    const clock = new ManualClock();
    const asked: number[] = [];
    const queue = new BudgetQueue({
      clock,
      intervalMs: 0,
      take: async (count, ahead) => {
        asked.push(count);
        await clock.sleep(grantMs);
        return { granted: count + ahead, waitMs: 0 };
      },
      onError: () => undefined,
    });
    const first = queue.enter(PATIENT, 10);
    await clock.advance(100);
    queue.close(50);
    await clock.advance(100);
    expect(await first).toBe(0);
    const second = queue.enter(PATIENT);
    await clock.advance(grantMs);
    expect(await second).toBe(0);
    expect(asked).toEqual([1, 1]);
  });

  it('polls no more than one would, however many wait', async () => {
    const { clock, asked, ended, enter } = make([none(1_000), none(1_000), none(1_000)]);
    for (let count = 0; count < 50; count += 1) enter();
    await clock.advance(2_999);
    expect(asked).toEqual([1, 50, 50]);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toHaveLength(50);
  });

  it('lets go first who came first', async () => {
    const { clock, queue, asked } = make([none(100), { granted: 1, waitMs: 100 }, { granted: 1, waitMs: 0 }]);
    const order: string[] = [];
    for (const name of ['first', 'second']) void queue.enter(PATIENT).then(() => order.push(name));
    await clock.advance(100);
    expect(order).toEqual(['first']);
    await clock.advance(100);
    expect(order).toEqual(['first', 'second']);
    expect(asked).toEqual([1, 2, 1]);
  });

  it.each<{ reason: string; patience: Patience; waitMs: number; want: readonly number[] }>([
    { reason: 'in time', patience: { totalMs: 2_000, atOnceMs: 2_000 }, waitMs: 2_000, want: [] },
    { reason: 'too late altogether', patience: { totalMs: 2_000, atOnceMs: 9_000 }, waitMs: 2_001, want: [2_001] },
    { reason: 'too long at a time', patience: PATIENT, waitMs: 10_001, want: [10_001] },
  ])('says at once when the turn would come: $reason', async ({ patience, waitMs, want }) => {
    const { clock, ended, enter } = make([none(waitMs)]);
    enter(patience);
    await clock.settle();
    expect(ended).toEqual(want);
  });

  it('counts those who wait before one', async () => {
    const { clock, ended, enter } = make([none(500), none(500)], 100);
    for (let count = 0; count < 20; count += 1) enter({ totalMs: 1_000, atOnceMs: 1_000 });
    await clock.settle();
    expect(ended).toEqual(Array(14).fill(1_100));
    enter({ totalMs: 1_100, atOnceMs: 1_100 });
    enter({ totalMs: 1_100, atOnceMs: 1_100 });
    await clock.settle();
    expect(ended.slice(14)).toEqual([1_200]);
  });

  it('refuses who comes later without asking again, as long as it knows the answer', async () => {
    const { clock, asked, ended, enter } = make([none(60_000)]);
    enter();
    await clock.advance(20_000);
    enter();
    await clock.settle();
    expect(asked).toEqual([1]);
    expect(ended).toEqual([60_000, 40_000]);
    await clock.advance(40_000);
    enter();
    await clock.settle();
    expect(ended).toEqual([60_000, 40_000, 0]);
  });

  it('waits on when every wait is short enough, however many there are', async () => {
    const { clock, ended, enter } = make(Array.from({ length: 20 }, () => none(9_000)));
    enter();
    await clock.advance(20 * 9_000 - 1);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual([0]);
  });

  it('grants nothing that is too late, because the process stood still', async () => {
    const clock = new ManualClock();
    const queue = new BudgetQueue({
      clock,
      intervalMs: 0,
      take: async (count) => {
        await clock.sleep(5_000);
        return { granted: count, waitMs: 0 };
      },
      onError: () => undefined,
    });
    const refused = queue.enter({ totalMs: 2_000, atOnceMs: 2_000 });
    await clock.advance(5_000);
    expect(await refused).toBeGreaterThan(0);
  });

  it('lets everything through when the budget cannot be asked, and says so', async () => {
    const away = new Error('store away');
    const { clock, errors, ended, enter } = make([away]);
    enter();
    await clock.settle();
    expect(ended).toEqual([0]);
    expect(errors).toEqual([away]);
  });

  it('is closed for a while from outside, and ends', async () => {
    const { clock, asked, queue, ended, enter } = make();
    queue.close(5_000);
    enter();
    await clock.advance(4_999);
    expect([asked, ended]).toEqual([[], []]);
    queue.end();
    await clock.settle();
    expect([asked, ended]).toEqual([[], [1]]);
  });
});
