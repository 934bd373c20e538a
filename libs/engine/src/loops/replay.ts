import { OUTBOUND_EVENT_TYPES, type StoredEvent, TOPIC_OF, type TopicName, TOPICS } from '@dialtone/contracts';
import type { Clock } from '../ports/clock';
import type { EventReplay, ReplayPart } from '../ports/event-replay';
import type { EventPublisher } from '../ports/event-publisher';

export interface ReplayRequest {
  readonly topic: TopicName;
  /** Name of the relays' cursor. */
  readonly name: string;
  /** Epoch ms, as of `ReplayPart`. */
  readonly from: number;
  readonly to: number | null;
  /** Events a second, at most. */
  readonly rate: number;
}

export interface ReplayDeps {
  readonly log: EventReplay;
  readonly publisher: Pick<EventPublisher, 'publish'>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
}

export interface Replayed {
  readonly events: number;
  /** False: it was ended before all were sent, or keys of a compacted topic still had events that were not delivered. */
  readonly complete: boolean;
}

const BATCH = 100;
const SECOND_MS = 1_000;
/** Rounds in which a compacted topic may come to rest, and the wait before each further one. */
const ROUNDS = 30;
const ROUND_MS = 1_000;

const typesOn = (topic: TopicName): ReplayPart['types'] =>
  OUTBOUND_EVENT_TYPES.filter((type) => TOPIC_OF[type] === topic);
const isCompacted = (topic: TopicName): boolean => TOPICS[topic].config['cleanup.policy'] === 'compact';

/** What a request is about, before anything is sent. */
export const partOf = ({ topic, name, from, to }: Omit<ReplayRequest, 'rate'>): ReplayPart => ({
  types: typesOn(topic),
  cursor: `${name}:${topic}`,
  after: 0n,
  from,
  to,
  latestOnly: isCompacted(topic),
});

const recordKeyOf = (event: StoredEvent): string => {
  if (event.connection_id === null) return event.data.webhook_id;
  return event.key === null ? event.connection_id : `${event.connection_id}/${event.key}`;
};

/** Sends in the order of the log, in batches, no faster than asked. The keys of what was sent go to `sent`. */
const sendAll = async (
  { log, publisher, clock }: ReplayDeps,
  positions: readonly bigint[],
  { rate, sent, signal }: { readonly rate: number; readonly sent: Set<string>; readonly signal: AbortSignal },
): Promise<number> => {
  const size = Math.min(BATCH, rate);
  let count = 0;
  for (let at = 0; at < positions.length && !signal.aborted; at += size) {
    const began = clock.now();
    const events = await log.read(positions.slice(at, at + size));
    await publisher.publish(events);
    for (const event of events) sent.add(recordKeyOf(event));
    count += events.length;
    const rest = (events.length * SECOND_MS) / rate - (clock.now() - began);
    if (rest > 0) await clock.sleep(rest, signal);
  }
  return count;
};

/**
 * Sends logged events once more, those only that the relay has sent: it goes on beside this. Of a compacted topic only the last
 * record of a key is kept, and that must be the last event: so only that one is sent, and again as long as newer ones come.
 */
export const replayEvents = async (
  deps: ReplayDeps,
  request: ReplayRequest,
  signal: AbortSignal,
): Promise<Replayed> => {
  const part = partOf(request);
  const sent = new Set<string>();
  const send = (positions: readonly bigint[]): Promise<number> =>
    sendAll(deps, positions, { rate: request.rate, sent, signal });
  let { positions, until } = await deps.log.find(part);
  let events = await send(positions);
  if (!part.latestOnly) return { events, complete: !signal.aborted };
  for (let round = 0; round < ROUNDS && !signal.aborted; round += 1) {
    if (!(await isWaiting(deps.log, part, sent))) {
      ({ positions, until } = await deps.log.find({ ...part, after: until, to: null }));
      if (positions.length === 0) return { events, complete: true };
      events += await send(positions);
    } else await deps.clock.sleep(ROUND_MS, signal);
  }
  return { events, complete: false };
};

/** The relay has a newer event of a key that was sent: the older one must not stay the last record. */
const isWaiting = async (
  log: EventReplay,
  { types, cursor }: ReplayPart,
  sent: ReadonlySet<string>,
): Promise<boolean> => {
  for (const type of types) {
    const undelivered = await log.undelivered(type, cursor);
    if ([...undelivered].some((recordKey) => sent.has(recordKey))) return true;
  }
  return false;
};
