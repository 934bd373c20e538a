import {
  EVENT_EXAMPLES,
  OUTBOUND_EVENT_TYPES,
  OUTBOUND_TOPICS,
  TOPIC_OF,
  type AnyLoggedEvent,
  type OutboundEventType,
  type StoredEvent,
  type TopicName,
} from '@dialtone/contracts';
import { InMemoryEventLog, ManualClock } from '@dialtone/testing';
import fc from 'fast-check';
import { relayCursors, TopicRelays } from './topic-relays';

const POLL = 1_000;
const DRIFT = 'voicelink.drift.v1';
const READINESS = 'voicelink.readiness.v1';

const eventOf = (type: OutboundEventType, nth: number): AnyLoggedEvent => {
  const key = `1555000${String(nth % 3)}`;
  const data = { ...EVENT_EXAMPLES[type], key, seq: nth };
  const connection_id = 'connection_id' in data ? data.connection_id : null;
  return { event_id: `event ${String(nth)}`, type, connection_id, key, seq: nth, data } as AnyLoggedEvent;
};

/** One log and one destination, whose topics the test lets refuse, for any number of replicas. */
const world = () => {
  const clock = new ManualClock();
  const log = new InMemoryEventLog();
  const refusing = new Set<TopicName>();
  const away = new Set<TopicName>();
  const arrived = new Map<TopicName, StoredEvent[]>(OUTBOUND_TOPICS.map((topic) => [topic, []]));
  const leader = { name: 'one' };
  const lines: string[] = [];
  const say = (_: object, message: string): void => void lines.push(message);
  const logger = { debug: () => undefined, info: say, warn: say, error: say };
  /** Half of a refused batch arrives all the same, as from partitions that still take records. */
  const publish = (topic: TopicName, events: readonly StoredEvent[]): Promise<void> => {
    const refuses = refusing.has(topic);
    arrived.get(topic)?.push(...events.slice(0, refuses ? events.length / 2 : events.length));
    return refuses ? Promise.reject(new Error(`${topic} does not take it`)) : Promise.resolve();
  };
  const replica = (name: string): TopicRelays => {
    const publisherOf = (topic: TopicName) => ({
      get connected() {
        return !away.has(topic);
      },
      publish: (events: readonly StoredEvent[]) => publish(topic, events),
      probe: () => Promise.resolve(),
      close: () => Promise.resolve(),
    });
    const ports = { source: log, cursors: log, publisherOf, clock, logger, isLeader: () => leader.name === name };
    const limits = { batchSize: 4, span: 7, pollMs: POLL, backoff: { baseMs: 200, capMs: 200 } };
    const relays = new TopicRelays({ name: 'kafka', ...ports, ...limits });
    relays.start();
    return relays;
  };
  const append = (...types: readonly OutboundEventType[]): void => {
    log.append(...types.map((type, nth) => eventOf(type, log.events.length + nth + 1)));
  };
  const wanted = (topic: TopicName) => log.events.filter(({ type }) => TOPIC_OF[type] === topic);
  return { clock, log, refusing, away, arrived, leader, lines, replica, append, wanted };
};

const at = (log: InMemoryEventLog, topics: readonly TopicName[]) =>
  Promise.all(topics.map((topic) => log.get(`kafka:${topic}`)));
const OTHERS = OUTBOUND_TOPICS.filter((topic) => topic !== DRIFT);
const ALL = [...OUTBOUND_EVENT_TYPES, ...OUTBOUND_EVENT_TYPES];

describe('TopicRelays', () => {
  it.each([1, 2, 3])('go on in a log that was restored and has other events since, %d times as many', async (times) => {
    const { clock, log, arrived, replica, append, wanted } = world();
    replica('one');
    append(...ALL);
    await clock.advance(2 * POLL);
    append(...OUTBOUND_EVENT_TYPES, ...OUTBOUND_EVENT_TYPES);
    await clock.advance(2 * POLL);
    log.clear();
    const end = BigInt(ALL.length);
    append(...ALL, ...Array.from({ length: times }, () => OUTBOUND_EVENT_TYPES.toReversed()).flat());
    for (const topic of OUTBOUND_TOPICS) await log.advance(`kafka:${topic}`, 0n, end);
    await clock.advance(2 * POLL);
    append(...OUTBOUND_EVENT_TYPES);
    await clock.advance(3 * POLL);
    for (const topic of OUTBOUND_TOPICS) {
      const since = wanted(topic).filter(({ position }) => position > end);
      // What a relay sends before it finds its cursor elsewhere, it sends again.
      expect(arrived.get(topic)?.slice(-since.length)).toEqual(since);
    }
  });

  it('stop only the topic that refuses, repeat nothing of the others, and send the rest in order afterwards', async () => {
    const { clock, log, refusing, arrived, replica, append, wanted } = world();
    const relays = replica('one');
    refusing.add(DRIFT);
    append(...ALL);
    await clock.advance(5 * POLL);
    for (const topic of OTHERS) expect(arrived.get(topic)).toEqual(wanted(topic));
    const end = BigInt(ALL.length);
    const before = (wanted(DRIFT)[0]?.position ?? 0n) - 1n;
    expect(await at(log, OTHERS)).toEqual(OTHERS.map(() => end));
    expect([await log.get(`kafka:${DRIFT}`), await log.get('kafka')]).toEqual([before, before]);
    const { topics, connected } = relays.state();
    expect([topics.get(DRIFT)?.lastError, topics.get(READINESS)?.failures]).toEqual([`${DRIFT} does not take it`, 0]);
    expect(connected).toBe(true);
    append(...ALL);
    await clock.advance(POLL);
    for (const topic of OTHERS) expect(arrived.get(topic)).toEqual(wanted(topic));
    refusing.delete(DRIFT);
    await clock.advance(POLL);
    expect(arrived.get(DRIFT)?.slice(-wanted(DRIFT).length)).toEqual(wanted(DRIFT));
    // What is passed over is stored once in a poll interval.
    await clock.advance(POLL);
    expect([await log.get('kafka'), relays.state().connected]).toEqual([2n * end, true]);
    await relays.stop();
    expect(clock.nextWakeAt()).toBeNull();
  });

  it('go on from the cursor of a version with one cursor for all, without loss or repeat', async () => {
    const { clock, log, arrived, replica, append } = world();
    append(...ALL);
    await log.advance('kafka', 0n, BigInt(ALL.length));
    append('dialtone.drift.detected.v1');
    const relays = replica('one');
    await clock.settle();
    await relays.stop();
    expect([...arrived.values()].flat().map(({ position }) => position)).toEqual([BigInt(ALL.length + 1)]);
  });

  it('leave a cursor from which such a version goes on without loss, and take over from it again', async () => {
    const { clock, log, leader, arrived, replica, append } = world();
    const relays = replica('one');
    append(...ALL);
    await clock.advance(POLL);
    leader.name = 'of before';
    await clock.advance(POLL);
    const end = BigInt(ALL.length);
    expect(await log.get('kafka')).toBe(end);
    append(...ALL);
    await log.advance('kafka', end, 2n * end);
    leader.name = 'one';
    await clock.advance(POLL);
    await relays.stop();
    expect([...arrived.values()].flat()).toHaveLength(ALL.length);
    expect(await at(log, OUTBOUND_TOPICS)).toEqual(OUTBOUND_TOPICS.map(() => 2n * end));
  });

  it('know that the broker is away from the topics that have something to send', async () => {
    const { clock, refusing, away, replica, append } = world();
    const relays = replica('one');
    append(...ALL);
    await clock.advance(POLL);
    away.add(DRIFT);
    expect(relays.state().connected).toBe(true);
    refusing.add(DRIFT);
    append('dialtone.drift.detected.v1');
    await clock.advance(POLL);
    expect(relays.state().connected).toBe(false);
    await relays.stop();
  });

  it('are inert without a broker, and say so once', async () => {
    const { clock, log, lines } = world();
    const logger = { debug: () => undefined, info: (_: object, line: string) => lines.push(line) };
    const ports = { source: log, cursors: log, publisherOf: null, clock, logger: logger as never };
    const relays = new TopicRelays({ name: 'kafka', ...ports, isLeader: () => true });
    relays.start();
    relays.wake();
    await relays.stop();
    expect(relays.state()).toEqual({ connected: false, topics: new Map() });
    expect(lines).toEqual(['Events are logged but not relayed: no broker configured']);
    expect(clock.nextWakeAt()).toBeNull();
  });

  it('know the cursor of every type that Dialtone publishes', () => {
    expect(Object.keys(relayCursors('kafka'))).toEqual(OUTBOUND_EVENT_TYPES);
    expect(relayCursors('kafka')['dialtone.drift.detected.v1']).toBe('kafka:voicelink.drift.v1');
  });
});

interface Step {
  readonly log?: readonly OutboundEventType[];
  readonly toggle?: readonly TopicName[];
  readonly leader?: string;
  readonly wait?: number;
}
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ log: fc.array(fc.constantFrom(...OUTBOUND_EVENT_TYPES), { maxLength: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ toggle: fc.tuple(fc.constantFrom(...OUTBOUND_TOPICS)) }) },
  { weight: 1, arbitrary: fc.record({ leader: fc.constantFrom('one', 'two') }) },
  { weight: 2, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 3 * POLL }) }) },
);

describe('whatever topics refuse, and whichever replica leads', () => {
  it('every topic gets all of its events, in order by first appearance, and one that never refused gets each once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { clock, refusing, arrived, leader, replica, append, wanted } = world();
        const replicas = [replica('one'), replica('two')];
        const everRefused = new Set<TopicName>();
        const toggle = (topic: TopicName): void => {
          everRefused.add(topic);
          if (!refusing.delete(topic)) refusing.add(topic);
        };
        for (const each of steps) {
          append(...(each.log ?? []));
          leader.name = each.leader ?? leader.name;
          each.toggle?.forEach(toggle);
          await clock.advance(each.wait ?? 0);
        }
        // The topics that still refuse hold up no other.
        await clock.advance(10 * POLL);
        for (const topic of OUTBOUND_TOPICS.filter((one) => !refusing.has(one))) {
          expect([...new Set(arrived.get(topic))]).toEqual(wanted(topic));
        }
        for (const topic of OUTBOUND_TOPICS.filter((one) => !everRefused.has(one))) {
          expect(arrived.get(topic)).toEqual(wanted(topic));
        }
        refusing.clear();
        await clock.advance(10 * POLL);
        for (const topic of OUTBOUND_TOPICS) expect([...new Set(arrived.get(topic))]).toEqual(wanted(topic));
        await Promise.all(replicas.map((one) => one.stop()));
      }),
      { numRuns: 100 },
    );
  });
});
