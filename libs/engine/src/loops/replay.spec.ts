import { EVENT_EXAMPLES, type StoredEvent, type TopicName } from '@dialtone/contracts';
import type { EventReplay, ReplayPart } from '../ports/event-replay';
import { partOf, replayEvents } from './replay';

const ID = '5b0f6f0e-3a77-4c7f-9a0c-0f6f8f1f2a10';
const DRIFT: TopicName = 'voicelink.drift.v1';
const READINESS: TopicName = 'voicelink.readiness.v1';

const eventAt = (position: bigint): StoredEvent => ({
  event_id: `event ${String(position)}`,
  type: 'dialtone.readiness.changed.v1',
  connection_id: ID,
  key: String(position),
  seq: 1,
  data: EVENT_EXAMPLES['dialtone.readiness.changed.v1'],
  position,
  created_at: new Date(0),
});

interface Round {
  readonly positions: readonly bigint[];
  /** Of keys with events that are on their way. */
  readonly undelivered?: readonly string[];
}

/** A log that answers round for round; the last round stays. Time passes only while it is slept. */
const world = (rounds: readonly Round[]) => {
  const batches: { readonly at: number; readonly ids: readonly string[] }[] = [];
  const asked: ReplayPart[] = [];
  let [now, found] = [0, 0];
  const log: EventReplay = {
    find: (part) => {
      asked.push(part);
      const round = rounds[found] ?? { positions: [] };
      found += 1;
      return Promise.resolve({ positions: round.positions, until: BigInt(found * 1_000) });
    },
    read: (positions) => Promise.resolve(positions.map(eventAt)),
    undelivered: () => {
      const { undelivered = [] } = rounds[Math.min(found, rounds.length) - 1] ?? {};
      return Promise.resolve(new Set(undelivered.map((key) => `${ID}/${key}`)));
    },
  };
  const publish = (events: readonly StoredEvent[]): Promise<void> => {
    batches.push({ at: now, ids: events.map(({ event_id: id }) => id) });
    return Promise.resolve();
  };
  const sleep = (ms: number): Promise<void> => {
    now += ms;
    return Promise.resolve();
  };
  return { deps: { log, publisher: { publish }, clock: { now: () => now, sleep } }, batches, asked };
};

const positions = (count: number): readonly bigint[] => Array.from({ length: count }, (_, nth) => BigInt(nth + 1));
const request = (topic: TopicName, rate: number) => ({ topic, name: 'kafka', from: 0, to: null, rate });
const never = new AbortController().signal;

describe('partOf', () => {
  it('asks for the types of the topic, as far as its relay has come; of a compacted topic for the last event of a key', () => {
    const times = { from: 1, to: 2 };
    expect(partOf({ topic: READINESS, name: 'kafka', ...times })).toEqual({
      types: ['dialtone.readiness.changed.v1'],
      cursor: 'kafka:voicelink.readiness.v1',
      after: 0n,
      ...times,
      latestOnly: true,
    });
    const drift = partOf({ topic: DRIFT, name: 'kafka', ...times });
    expect([drift.types.length, drift.latestOnly]).toEqual([3, false]);
  });
});

describe('replayEvents', () => {
  it.each([
    { rate: 50, batches: [50, 50, 20], at: [0, 1_000, 2_000] },
    { rate: 100, batches: [100, 20], at: [0, 1_000] },
    { rate: 1_000, batches: [100, 20], at: [0, 100] },
  ])('sends at most $rate events a second, in the order of the log', async ({ rate, batches, at }) => {
    const { deps, batches: sent } = world([{ positions: positions(120) }]);
    expect(await replayEvents(deps, request(DRIFT, rate), never)).toEqual({ events: 120, complete: true });
    expect(sent.map(({ ids }) => ids.length)).toEqual(batches);
    expect(sent.map(({ at: time }) => time)).toEqual(at);
    expect(sent.flatMap(({ ids }) => ids)).toEqual(positions(120).map((position) => `event ${String(position)}`));
  });

  it('ends after a batch when it is asked to, and says that it is not complete', async () => {
    const { deps, batches } = world([{ positions: positions(300) }]);
    const stopping = new AbortController();
    const publish = (events: readonly StoredEvent[]): Promise<void> => {
      stopping.abort();
      return deps.publisher.publish(events);
    };
    const ended = await replayEvents({ ...deps, publisher: { publish } }, request(DRIFT, 1_000), stopping.signal);
    expect([ended, batches.length]).toEqual([{ events: 100, complete: false }, 1]);
  });

  it('sends what came to a compacted topic meanwhile behind what it has sent, until nothing comes any more', async () => {
    const { deps, batches, asked } = world([{ positions: [1n, 2n] }, { positions: [3n] }, { positions: [] }]);
    expect(await replayEvents(deps, request(READINESS, 1_000), never)).toEqual({ events: 3, complete: true });
    expect(batches.map(({ ids }) => ids)).toEqual([['event 1', 'event 2'], ['event 3']]);
    expect(asked.map(({ after }) => after)).toEqual([0n, 1_000n, 2_000n]);
  });

  it('waits for the relay while a number that it has sent has a newer event on its way, and only then', async () => {
    const stuck = world([{ positions: [1n], undelivered: ['1'] }]);
    expect(await replayEvents(stuck.deps, request(READINESS, 1_000), never)).toEqual({ events: 1, complete: false });
    expect(stuck.deps.clock.now()).toBeGreaterThan(20_000);
    const other = world([{ positions: [1n], undelivered: ['2'] }, { positions: [] }]);
    expect(await replayEvents(other.deps, request(READINESS, 1_000), never)).toEqual({ events: 1, complete: true });
  });
});
