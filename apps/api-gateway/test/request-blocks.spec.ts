import fc from 'fast-check';
import { MemoryRequestWindows } from './memory-request-windows';
import { IDLE_MS, RequestBlocks } from '../src/http/access/request-blocks';

const MINUTE = 60_000;
const KEY = 'k';

/** Several gateways over the same windows, and what they let through. */
class Gateways {
  readonly windows = new MemoryRequestWindows();
  private readonly all: readonly RequestBlocks[];

  constructor(count: number) {
    const clock = (): number => this.windows.now;
    this.all = Array.from({ length: count }, () => new RequestBlocks(this.windows, { bucket: 'b', ms: MINUTE }, clock));
  }

  /** How much of the window each of these requests saw as used, those that ask together in one go. */
  async ask(nth: number, limit: number, together = 1): Promise<readonly number[]> {
    const gateway = this.all[nth % this.all.length];
    if (gateway === undefined) throw new Error('There are no gateways.');
    const uses = await Promise.all(Array.from({ length: together }, () => gateway.take(KEY, limit)));
    if (uses.some(({ resetMs }) => resetMs <= 0)) throw new Error('A window is over before it ends.');
    return uses.map(({ used }) => used);
  }

  async pass(ms: number): Promise<void> {
    // In steps, so that what is due in between sees its own time.
    for (let left = ms; left > 0; left -= IDLE_MS / 4) {
      const step = Math.min(left, IDLE_MS / 4);
      this.windows.now += step;
      await jest.advanceTimersByTimeAsync(step);
    }
  }
}

describe('requests that are counted in blocks', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('cost one statement for many that follow each other, and each is told how many there were', async () => {
    const gateways = new Gateways(1);
    const seen: number[] = [];
    for (let nth = 0; nth < 1_000; nth += 1) seen.push(...(await gateways.ask(0, 10_000)));
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, nth) => nth + 1));
    expect(gateways.windows.asked).toBeLessThanOrEqual(40);
  });

  it('that come together share a statement, in their order', async () => {
    const gateways = new Gateways(1);
    expect(await gateways.ask(0, 100, 50)).toEqual(Array.from({ length: 50 }, (_, nth) => nth + 1));
    expect(gateways.windows.asked).toBe(2);
  });

  it('are let through up to the limit, and one more is refused', async () => {
    const gateways = new Gateways(1);
    const seen = (await Promise.all([gateways.ask(0, 60, 40), gateways.ask(0, 60, 40)])).flat();
    expect(seen.filter((used) => used <= 60)).toHaveLength(60);
    expect(seen.filter((used) => used > 60)).toHaveLength(20);
  });

  it('of a key that asks every second are counted one by one, whichever gateways it asks, and none is refused early', async () => {
    const gateways = new Gateways(3);
    const seen: number[] = [];
    for (let nth = 0; nth < 30; nth += 1) {
      seen.push(...(await gateways.ask(nth * 7, 20)));
      await gateways.pass(IDLE_MS);
    }
    expect(seen).toEqual(Array.from({ length: 30 }, (_, nth) => Math.min(nth + 1, 21)));
  });

  it('are given back when they lie unused for a second: another gateway lets them through', async () => {
    const gateways = new Gateways(2);
    for (let nth = 0; nth < 50; nth += 1) await gateways.ask(0, 100);
    await gateways.pass(2 * IDLE_MS);
    const seen = await gateways.ask(1, 100, 60);
    expect(seen.filter((used) => used <= 100)).toHaveLength(50);
  });

  it('of a window are not used in the next one, nor given back to it', async () => {
    const gateways = new Gateways(2);
    await gateways.ask(0, 100);
    await gateways.pass(MINUTE - IDLE_MS / 2);
    for (let nth = 0; nth < 8; nth += 1) await gateways.ask(0, 100);
    await gateways.pass(IDLE_MS / 2);
    expect(await gateways.ask(0, 100)).toEqual([1]);
    await gateways.pass(2 * IDLE_MS);
    expect(await gateways.ask(1, 100)).toEqual([2]);
  });

  it('that find no room say whether there can be some again before the window ends', async () => {
    const clock = (): number => 0;
    const windows = new MemoryRequestWindows();
    const [one, other] = [1, 2].map(() => new RequestBlocks(windows, { bucket: 'b', ms: MINUTE }, clock));
    for (let nth = 0; nth < 3; nth += 1) await one?.take(KEY, 3);
    expect([await one?.take(KEY, 3), await other?.take(KEY, 3)].map((use) => use?.isFull)).toEqual([true, false]);
  });

  it.each([0, 1, 20, 33, 50, 59])(
    'are few when a key that has asked %i times in a hurry goes to another gateway, which refuses none but for those',
    async (before) => {
      const gateways = new Gateways(2);
      for (let nth = 0; nth < before; nth += 1) await gateways.ask(0, 60);
      const seen = await gateways.ask(1, 60, 60 - before);
      expect(seen.filter((used) => used > 60).length).toBeLessThanOrEqual(7);
    },
  );

  it('fail together when the database does, and the next one asks again', async () => {
    const gateways = new Gateways(1);
    const failing = jest.spyOn(gateways.windows, 'take').mockRejectedValueOnce(new Error('away'));
    await expect(gateways.ask(0, 100, 3)).rejects.toThrow('away');
    failing.mockRestore();
    expect(await gateways.ask(0, 100)).toEqual([1]);
  });

  it('are never more than the limit in a window, and after a second of silence exactly as many, over any gateways and pauses', async () => {
    const event = fc.record({
      gateway: fc.nat({ max: 2 }),
      together: fc.integer({ min: 1, max: 12 }),
      pauseMs: fc.constantFrom(0, 0, 0, 10, 300, 999, 1_500, 20_000),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 80 }),
        fc.array(event, { minLength: 1, maxLength: 60 }),
        async (limit, events) => {
          const gateways = new Gateways(3);
          let window = { startedAt: Number.NEGATIVE_INFINITY, through: 0 };
          for (const { gateway, together, pauseMs } of events) {
            await gateways.pass(pauseMs);
            const { now } = gateways.windows;
            if (now >= window.startedAt + MINUTE) window = { startedAt: now, through: 0 };
            const seen = await gateways.ask(gateway, limit, together);
            window.through += seen.filter((used) => used <= limit).length;
            expect(window.through).toBeLessThanOrEqual(limit);
          }
          if (gateways.windows.now + 3 * IDLE_MS >= window.startedAt + MINUTE) return;
          await gateways.pass(3 * IDLE_MS);
          const seen = await gateways.ask(1, limit, limit + 1);
          expect(seen.filter((used) => used <= limit)).toHaveLength(limit - window.through);
        },
      ),
      { numRuns: 200 },
    );
  });
});
