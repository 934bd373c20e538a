import { ManualClock } from '@dialtone/testing';
import { WorkLoop } from './work-loop';

const POLL = 5_000;

interface Piece {
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** A loop over a pile of work; pieces end when the test says so. */
const loopOver = (concurrency: number, take?: () => Promise<readonly Promise<unknown>[]>) => {
  const clock = new ManualClock();
  const started: Piece[] = [];
  const errors: unknown[] = [];
  const rooms: number[] = [];
  const pile = { left: 0 };
  const piece = (): Promise<void> => new Promise((end, fail) => started.push({ end, fail }));
  const loop = new WorkLoop(
    (room) => {
      rooms.push(room);
      if (take !== undefined) return take();
      const count = Math.min(room, pile.left);
      pile.left -= count;
      return Promise.resolve(Array.from({ length: count }, piece));
    },
    { clock, concurrency, pollMs: POLL, onError: (error) => errors.push(error) },
  );
  const stop = new AbortController();
  const running = { ended: false };
  const run = (): Promise<void> =>
    loop.run(stop.signal).then(() => {
      running.ended = true;
    });
  return { clock, loop, started, errors, rooms, pile, stop, running, run };
};

describe('WorkLoop', () => {
  it('works on as many pieces at once as it may, and takes the next when one ends', async () => {
    const { clock, loop, started, pile, rooms, run } = loopOver(2);
    pile.left = 3;
    void run();
    await clock.settle();
    expect([started.length, loop.activeCount]).toEqual([2, 2]);
    started[0]?.end();
    await clock.settle();
    expect([started.length, loop.activeCount]).toEqual([3, 2]);
    expect(rooms).toEqual([2, 1]);
  });

  it('asks again at once after a full take, and sleeps after one that was not', async () => {
    const taken = [[Promise.resolve()], [Promise.resolve()], []];
    const { clock, rooms, run } = loopOver(1, () => Promise.resolve(taken.shift() ?? []));
    void run();
    await clock.settle();
    const before = rooms.length;
    await clock.advance(POLL - 1);
    expect(rooms).toHaveLength(before);
    await clock.advance(1);
    expect(rooms).toHaveLength(before + 1);
  });

  it('looks again when it is woken, without waiting for the poll', async () => {
    const { clock, loop, started, pile, run } = loopOver(2);
    void run();
    await clock.settle();
    pile.left = 1;
    loop.wake();
    await clock.settle();
    expect(started).toHaveLength(1);
  });

  it('does not lose a wake that comes during a take', async () => {
    let looks = 0;
    const { clock, loop, run } = loopOver(1, () => {
      looks += 1;
      if (looks === 1) loop.wake();
      return Promise.resolve([]);
    });
    void run();
    await clock.settle();
    expect(looks).toBe(2);
  });

  it('does not spin when every look finds nothing', async () => {
    const { clock, rooms, run } = loopOver(4);
    void run();
    await clock.advance(10 * POLL);
    expect(rooms).toHaveLength(11);
  });

  it('goes on after a take that failed, a poll later, and after work that failed, at once', async () => {
    let looks = 0;
    const { clock, errors, run } = loopOver(2, () => {
      looks += 1;
      if (looks === 1) return Promise.reject(new Error('store away'));
      return Promise.resolve(looks === 2 ? [Promise.reject(new Error('outcome not stored'))] : []);
    });
    void run();
    await clock.settle();
    expect(looks).toBe(1);
    await clock.advance(POLL);
    expect(looks).toBe(3);
    expect(errors.map((error) => (error as Error).message)).toEqual(['store away', 'outcome not stored']);
  });

  it('ends when it is told to, after the work that was started', async () => {
    const { clock, loop, started, pile, stop, running, run } = loopOver(2);
    pile.left = 1;
    const done = run();
    await clock.settle();
    stop.abort();
    await clock.settle();
    expect(running.ended).toBe(false);
    pile.left = 1;
    started[0]?.end();
    await done;
    expect([started.length, loop.activeCount]).toEqual([1, 0]);
    expect(clock.nextWakeAt()).toBeNull();
  });

  it('never starts when it was stopped before', async () => {
    const { rooms, stop, run } = loopOver(1);
    stop.abort();
    await run();
    expect(rooms).toEqual([]);
  });
});
