import { OUTBOUND_EVENT_TYPES, OUTBOUND_TOPICS, TOPIC_OF, type StoredEvent, type TopicName } from '@dialtone/contracts';
import type { BranchingCursors, Cursors } from '../ports/event-log';
import { NO_BROKER, type EventPublisher } from '../ports/event-publisher';
import { typesOfOthers } from './pass-over';
import { LogTail } from './log-tail';
import { EventRelay, type EventRelayOptions, type RelayState } from './event-relay';

export interface TopicRelaysOptions extends Omit<EventRelayOptions, 'cursors' | 'publisher' | 'except'> {
  /** `name` is the trunk, each topic has a branch. */
  readonly cursors: BranchingCursors;
  /** One publisher for each topic: what one topic does to its connection is no other's. Null: there is nowhere to send to. */
  readonly publisherOf: ((topic: TopicName) => EventPublisher) | null;
}

export interface TopicRelaysState {
  /** True while the destination is thought to be there, whatever single topics refuse. */
  readonly connected: boolean;
  /** Empty without a broker. */
  readonly topics: ReadonlyMap<TopicName, RelayState>;
}

/** The trunk follows its branches this much later, so that several of them move it once. */
const FOLLOW_MS = 50;

/** The cursor of each event type, for pruning. */
export const relayCursors = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(OUTBOUND_EVENT_TYPES.map((type) => [type, `${name}:${TOPIC_OF[type]}`]));

/**
 * One relay for each topic, with a cursor, a publisher and a back-off of its own: a topic that refuses events, or that is
 * gone, stops only itself. Within a topic the order is that of the log; no order holds between topics.
 *
 * A type that this version does not know stops all of them before it: only the version that logs it knows its topic.
 */
export class TopicRelays {
  private readonly relays: ReadonlyMap<TopicName, EventRelay>;
  private readonly tail: LogTail;
  private branched: Promise<void> | null = null;
  /** While the trunk is about to follow. */
  private following: AbortController | null = null;
  private followed: Promise<void> = Promise.resolve();

  constructor(private readonly options: TopicRelaysOptions) {
    const { name, publisherOf, isLeader } = options;
    this.tail = new LogTail(options.source);
    const cursors: Cursors = {
      get: async (branch) => {
        await (this.branched ??= this.branch());
        // A relay starts over: after a failure, or because the cursor is elsewhere.
        this.tail.forget();
        return options.cursors.get(branch);
      },
      advance: async (branch, from, to) => {
        const moved = await options.cursors.advance(branch, from, to);
        if (moved) void this.followSoon();
        return moved;
      },
    };
    const leads = (): boolean => {
      const isLeading = isLeader();
      // A replica that led meanwhile may be of a version that moves the trunk alone.
      if (!isLeading) this.branched = null;
      return isLeading;
    };
    const relayTo = (topic: TopicName, publisher: EventPublisher): EventRelay => {
      const except = typesOfOthers(topic);
      const ports = { source: this.tail, cursors, publisher, isLeader: leads };
      return new EventRelay({ ...options, ...ports, name: `${name}:${topic}`, except });
    };
    this.relays = new Map(
      publisherOf === null ? [] : OUTBOUND_TOPICS.map((topic) => [topic, relayTo(topic, publisherOf(topic))]),
    );
  }

  state(): TopicRelaysState {
    const topics = new Map([...this.relays].map(([topic, relay]) => [topic, relay.state()]));
    const states = [...topics.values()];
    // A topic without events keeps the connection of its last one, so a failing topic knows better.
    const connected =
      states.some((state) => state.connected) && states.every((state) => state.connected || state.failures === 0);
    return { connected, topics };
  }

  /** Starts the loops, once. An aborted signal stops them like `stop`, without anything to wait for. */
  start(signal?: AbortSignal): void {
    const { name, logger } = this.options;
    if (this.relays.size === 0) logger.info({ relay: name }, `Events are logged but not relayed: ${NO_BROKER}`);
    for (const relay of this.relays.values()) relay.start(signal);
  }

  /**
   * Something was logged: look now instead of at the next poll. Does not shorten a back-off. `events`, if any, are those that have just got
   * their positions, all of them: relays at the end of the log need not look for them.
   */
  wake(events: readonly StoredEvent[] = []): void {
    this.tail.wake(events);
    for (const relay of this.relays.values()) relay.wake();
  }

  /** Ends the loops; batches in flight get a moment to finish, and are otherwise repeated by the next leader. */
  async stop(): Promise<void> {
    await Promise.all([...this.relays.values()].map((relay) => relay.stop()));
    this.following?.abort();
    await this.followed;
  }

  /** The trunk is for others, versions without branches among them: that it does not follow is no failure of a relay. */
  private followSoon(): Promise<void> {
    if (this.following !== null) return this.followed;
    this.following = new AbortController();
    const { signal } = this.following;
    const { clock, cursors, name, logger } = this.options;
    this.followed = clock
      .sleep(FOLLOW_MS, signal)
      .then(async () => {
        this.following = null;
        await cursors.follow(name);
      })
      .catch((error: unknown) => {
        logger.debug({ relay: name, error: String(error) }, 'The cursor of all topics stays behind for now');
      });
    return this.followed;
  }

  private branch(): Promise<void> {
    const branching = this.options.cursors.branch(this.options.name, OUTBOUND_TOPICS);
    branching.catch(() => {
      if (this.branched === branching) this.branched = null;
    });
    return branching;
  }
}
