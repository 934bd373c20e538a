import { EVENT_EXAMPLES, type StoredEvent } from '@dialtone/contracts';
import { ManualClock } from '@dialtone/testing';
import { Sequencing } from './sequencing';

const POLL = 500;
const DATA = EVENT_EXAMPLES['dialtone.drift.detected.v1'];
const EVENTS = [1n, 2n].map((position) => ({ position, data: DATA }) as StoredEvent);

/** A log whose unnumbered events the test chooses, and one that numbers them. */
const sequencing = (assign?: (limit: number) => Promise<number>) => {
  const asked: number[] = [];
  const clock = new ManualClock();
  const log = { unnumbered: 0 };
  const limits: number[] = [];
  const errors: unknown[] = [];
  const told: number[] = [];
  const shown: unknown[] = [];
  const state = { isLeader: true, hasReaders: true };
  const numberSome = (limit: number): Promise<number> => {
    const numbered = Math.min(limit, log.unnumbered);
    log.unnumbered -= numbered;
    return Promise.resolve(numbered);
  };
  const loop = new Sequencing({
    sequencer: {
      assign: () => Promise.reject(new Error('nobody asks for that')),
      assignAndShow: async (limit, shown) => {
        limits.push(limit);
        asked.push(shown);
        const count = await (assign ?? numberSome)(limit);
        return { count, events: EVENTS.slice(0, count <= shown ? count : 0) };
      },
    },
    clock,
    pollMs: POLL,
    isLeader: () => state.isLeader,
    onNumbered: (events) => {
      told.push(clock.now());
      shown.push(events);
    },
    hasReaders: () => state.hasReaders,
    onError: (error) => errors.push(error),
  });
  const stop = new AbortController();
  return { clock, log, limits, asked, errors, told, shown, state, loop, stop, run: () => loop.run(stop.signal) };
};

describe('Sequencing', () => {
  it('numbers all there is, a thousand at a time without a pause, and tells after each batch', async () => {
    const { clock, log, limits, told, run } = sequencing();
    log.unnumbered = 2_500;
    void run();
    await clock.settle();
    expect([log.unnumbered, limits, told.length]).toEqual([0, [1_000, 1_000, 1_000], 3]);
  });

  it('shows the readers of its process what it has numbered, and asks for nothing to show when there are none', async () => {
    const { clock, log, loop, asked, shown, state, run } = sequencing();
    log.unnumbered = 2;
    void run();
    await clock.settle();
    expect([asked, shown]).toEqual([[200], [EVENTS.slice(0, 2)]]);
    state.hasReaders = false;
    log.unnumbered = 1;
    loop.wake();
    await clock.settle();
    expect([asked, shown]).toEqual([
      [200, 0],
      [EVENTS.slice(0, 2), []],
    ]);
  });

  it('looks again after the poll interval, and tells nothing when there was nothing', async () => {
    const { clock, limits, told, run } = sequencing();
    void run();
    await clock.advance(POLL - 1);
    expect(limits).toHaveLength(1);
    await clock.advance(1);
    expect([limits.length, told.length]).toEqual([2, 0]);
  });

  it('looks at once when it is woken', async () => {
    const { clock, log, loop, told, run } = sequencing();
    void run();
    await clock.settle();
    log.unnumbered = 1;
    loop.wake();
    await clock.settle();
    expect(told).toHaveLength(1);
  });

  it('numbers nothing while another replica leads, and begins a poll after it leads', async () => {
    const { clock, log, limits, state, told, run } = sequencing();
    state.isLeader = false;
    log.unnumbered = 1;
    void run();
    await clock.advance(5 * POLL);
    expect(limits).toEqual([]);
    state.isLeader = true;
    await clock.advance(POLL);
    expect(told).toHaveLength(1);
  });

  it('asks before each batch whether it leads', async () => {
    const { clock, limits, state, run } = sequencing((limit) => {
      state.isLeader = false;
      return Promise.resolve(limit);
    });
    void run();
    await clock.settle();
    expect(limits).toHaveLength(1);
  });

  it('goes on a poll later when the store is away, and tells of the error', async () => {
    let asked = 0;
    const away = (): Promise<number> => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('the store is away')) : Promise.resolve(1);
    };
    const { clock, errors, told, run } = sequencing(away);
    void run();
    await clock.settle();
    expect([errors, told.length]).toEqual([[new Error('the store is away')], 0]);
    await clock.advance(POLL);
    expect(told).toHaveLength(1);
  });

  it('ends after the batch under way when it is told to', async () => {
    const batch = Promise.withResolvers<number>();
    const { clock, stop, told, limits, run } = sequencing(() => batch.promise);
    const done = run();
    await clock.settle();
    stop.abort();
    batch.resolve(1_000);
    await done;
    expect([limits.length, told.length]).toEqual([1, 1]);
    expect(clock.nextWakeAt()).toBeNull();
  });
});
