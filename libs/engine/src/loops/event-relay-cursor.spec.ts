import { EVENT_EXAMPLES, type AnyLoggedEvent, type StoredEvent } from '@dialtone/contracts';
import { InMemoryEventLog, ManualClock } from '@dialtone/testing';
import fc from 'fast-check';
import { EventRelay } from './event-relay';

const TYPE = 'dialtone.drift.detected.v1';
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const { connection_id } = EVENT_EXAMPLES[TYPE];

const eventOf = (nth: number): AnyLoggedEvent => {
  const [key, seq] = [`1555000${String(nth % 3)}`, nth];
  return {
    event_id: `event ${String(nth)}`,
    type: TYPE,
    connection_id,
    key,
    seq,
    data: { ...EVENT_EXAMPLES[TYPE], seq },
  };
};

/** What comes of one call: how long it takes, and whether it fails, before or after its effect. */
interface Fate {
  readonly ms: number;
  readonly fails: 'before' | 'after' | null;
}
const fates = fc.array(
  fc.record({
    ms: fc.integer({ min: 0, max: 30 }),
    fails: fc.oneof(
      { arbitrary: fc.constant(null), weight: 6 },
      { arbitrary: fc.constantFrom('before' as const, 'after' as const), weight: 1 },
    ),
  }),
  { minLength: 5, maxLength: 20 },
);
const weather = fc.record({
  batchSize: fc.integer({ min: 1, max: 4 }),
  publishing: fates,
  storing: fates,
  /** When the process dies, and another goes on. */
  deathMs: fc.integer({ min: 0, max: 200 }),
  logged: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 }),
});

/** One log, one cursor and one destination for a relay and its successor. */
const world = (publishing: readonly Fate[], storing: readonly Fate[]) => {
  const clock = new ManualClock();
  const log = new InMemoryEventLog();
  const arrived: StoredEvent[] = [];
  const seen = {
    acknowledged: 0n,
    early: false,
    calls: { publishing: 0, storing: 0 },
    most: { publishing: 0, storing: 0 },
  };
  const under = { publishing: 0, storing: 0 };
  const meet = async <T>(
    what: 'publishing' | 'storing',
    of: readonly Fate[],
    effect: () => Promise<T> | T,
  ): Promise<T> => {
    const { ms, fails } = of[seen.calls[what]++ % of.length] ?? { ms: 0, fails: null };
    under[what] += 1;
    seen.most[what] = Math.max(seen.most[what], under[what]);
    await clock.sleep(ms);
    under[what] -= 1;
    if (fails === 'before') throw new Error('nothing was done');
    const done = await effect();
    if (fails === 'after') throw new Error('the answer was lost');
    return done;
  };
  const cursors = {
    get: (name: string) => log.get(name),
    advance: (name: string, from: bigint, to: bigint) => {
      seen.early ||= to > seen.acknowledged;
      return meet('storing', storing, () => log.advance(name, from, to));
    },
  };
  const publisher = {
    connected: true,
    publish: async (events: readonly StoredEvent[]) => {
      await meet('publishing', publishing, () => void arrived.push(...events));
      seen.acknowledged = events.at(-1)?.position ?? seen.acknowledged;
    },
    probe: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { clock, log, arrived, seen, cursors, publisher };
};

const AT_ONCE: readonly Fate[] = [{ ms: 0, fails: null }];

describe('EventRelay, storing its cursor while the next batch is on its way', () => {
  it('leaves nothing out and reorders nothing, whatever fails, is lost or dies, and never stores what is not acknowledged', async () => {
    await fc.assert(
      fc.asyncProperty(weather, async ({ batchSize, publishing, storing, deathMs, logged }) => {
        const { clock, log, arrived, seen, cursors, publisher } = world(publishing, storing);
        const life = { isOver: false };
        const dies = <T>(call: () => Promise<T>): Promise<T> => (life.isOver ? new Promise(() => undefined) : call());
        const ports = { name: 'kafka', source: log, clock, logger: QUIET, pollMs: 50, batchSize, isLeader: () => true };
        const backoff = { baseMs: 10, capMs: 20 };
        const mortal = new EventRelay({
          ...{ ...ports, backoff },
          cursors: { get: cursors.get, advance: (...move) => dies(() => cursors.advance(...move)) },
          publisher: { ...publisher, publish: (events) => dies(() => publisher.publish(events)) },
        });
        mortal.start();
        for (const count of logged) {
          log.append(...Array.from({ length: count }, (_, nth) => eventOf(log.events.length + nth + 1)));
          await clock.advance(deathMs / logged.length);
        }
        life.isOver = true;
        // What was under way at its death still has its effect.
        await clock.advance(100);
        new EventRelay({ ...ports, backoff, cursors, publisher }).start();
        await clock.advance(5_000);
        const first = [...new Set(arrived.map(({ position }) => position))];
        expect(first).toEqual(log.events.map(({ position }) => position));
        expect(await log.get('kafka')).toBe(await log.lastPosition());
        expect(seen.early).toBe(false);
        expect(Math.max(seen.most.publishing, seen.most.storing)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  });

  it('sends the next batch before the cursor is stored', async () => {
    const { clock, log, arrived, cursors, publisher } = world(AT_ONCE, [{ ms: 1_000, fails: null }]);
    const ports = { name: 'kafka', source: log, clock, logger: QUIET, isLeader: () => true };
    const relay = new EventRelay({ ...ports, cursors, publisher, batchSize: 1 });
    log.append(...[1, 2, 3].map(eventOf));
    relay.start();
    await clock.advance(10);
    expect(arrived).toHaveLength(2);
    expect(await log.get('kafka')).toBe(0n);
    await clock.advance(3_000);
    expect(arrived).toHaveLength(3);
    expect(await log.get('kafka')).toBe(3n);
  });

  it('stores once for all that it delivers in 25 ms, and at once when it ends', async () => {
    const { clock, log, arrived, seen, cursors, publisher } = world(AT_ONCE, AT_ONCE);
    const ports = { name: 'kafka', source: log, clock, logger: QUIET, isLeader: () => true };
    const relay = new EventRelay({ ...ports, cursors, publisher });
    relay.start();
    await clock.settle();
    for (let nth = 1; nth <= 100; nth += 1) {
      log.append(eventOf(nth));
      relay.wake();
      await clock.advance(1);
    }
    expect(arrived).toHaveLength(100);
    expect(seen.calls.storing).toBeGreaterThanOrEqual(4);
    expect(seen.calls.storing).toBeLessThanOrEqual(5);
    await relay.stop();
    expect(await log.get('kafka')).toBe(100n);
  });
});
