import type { StoredEvent } from '@dialtone/contracts';
import type { Clock } from '../ports/clock';
import type { Cursors, EventLog } from '../ports/event-log';
import type { EventPublisher } from '../ports/event-publisher';
import type { Log } from '../ports/log';
import { backoffMs, type BackoffLimits } from './backoff';
import { BatchLimit } from './batch-limit';
import { PollingLoop, type NextTurn } from './polling-loop';
import { ReadAhead } from './read-ahead';
import { RelayCursor } from './relay-cursor';

export interface EventRelayOptions {
  /** Name of the cursor. */
  readonly name: string;
  readonly source: Pick<EventLog, 'readOn'>;
  readonly cursors: Cursors;
  readonly publisher: EventPublisher;
  /** Types that this relay passes over, because another one delivers them. Default: none. */
  readonly except?: readonly string[];
  readonly clock: Pick<Clock, 'now' | 'random' | 'sleep'>;
  readonly logger: Log;
  /**
   * True while this process leads (holds the lease to relay). Asked before each batch. Two relays at once do no harm but
   * duplicates: the cursor is advanced by compare and set.
   */
  readonly isLeader: () => boolean;
  /** Events per batch, at most. Default 1,000. */
  readonly batchSize?: number;
  /** Positions that one look at the log covers, at most. Default 10,000. */
  readonly span?: number;
  /** How long to wait for new events without a `wake`. Default 1 s. */
  readonly pollMs?: number;
  /** How long the leader hears nothing from the destination before it asks whether it is there. Default 15 s. */
  readonly probeMs?: number;
  /** Waits after failures. Default 250 ms, doubling to 15 s. */
  readonly backoff?: BackoffLimits;
  /** How long `stop` lets a batch in flight finish. Default 3 s. */
  readonly stopGraceMs?: number;
}

export type RelayStatus = 'stopped' | 'standby' | 'running' | 'backing_off';

/** For health and metrics. Lag in events is the log's last position minus `position`. */
export interface RelayState {
  readonly status: RelayStatus;
  readonly connected: boolean;
  /** Position of the last event known to be delivered; null until the cursor was read. */
  readonly position: bigint | null;
  /** When the oldest event was logged that is read but not delivered; null when nothing waits. */
  readonly oldestPendingAt: Date | null;
  /** Delivered by this relay since it was made. */
  readonly delivered: number;
  /** Failures since the last success. */
  readonly failures: number;
  /** The last failure's message while there are failures, else null. */
  readonly lastError: string | null;
}

const BACKOFF: BackoffLimits = { baseMs: 250, capMs: 15_000 };
const BATCH = 1_000;
const SPAN = 10_000;
const POLL_MS = 1_000;
/** So old `connected` may be. For a broker one connection of each topic in this time is nothing. */
const PROBE_MS = 15_000;
const NO_TROUBLE: Trouble = { failures: 0, lastError: null };

/** Since the last batch that was delivered. */
type Trouble = Pick<RelayState, 'failures' | 'lastError'>;

/**
 * Moves events from the log to a publisher, in the order of the log, one batch at a time:
 *
 *     read the cursor → read the log after it → publish → (acknowledged) → advance the cursor → read on …
 *
 * While a batch is on its way the next one is read, if there is one, and the cursor is advanced to what was delivered before. It moves
 * only after the acknowledgement, so nothing is ever left out; a crash repeats, with the same event ids, the batch under way and what was
 * delivered in the 25 ms before. What is only passed over is noted once in a poll interval: to pass over it again costs nothing. A failure
 * anywhere backs off with jitter and starts over from the stored cursor. An event is never skipped, not even one that can never be
 * delivered: then the relay stands still and its state says why.
 *
 * With nothing to send it asks the publisher now and then whether the destination is there, so that `connected` is true
 * before the first event and false in an outage that no event meets.
 */
export class EventRelay {
  private readonly loop: PollingLoop;
  private readonly limit: BatchLimit;
  private readonly cursor: RelayCursor;
  private readonly log: ReadAhead;
  private running: { readonly abort: AbortController; readonly done: Promise<void> } | null = null;
  private status: RelayStatus;
  private oldestPendingAt: Date | null = null;
  private delivered = 0;
  /** When the destination last answered, or did not; null until then, and in a replica that does not lead. */
  private heardAt: number | null = null;
  private trouble: Trouble = NO_TROUBLE;

  constructor(private readonly options: EventRelayOptions) {
    this.status = 'stopped';
    this.limit = new BatchLimit(options.batchSize ?? BATCH);
    const { clock, pollMs = POLL_MS, source, except = [], span = SPAN } = options;
    const onTrouble = (): void => {
      this.loop.wake();
    };
    this.cursor = new RelayCursor({ ...options, pollMs, onTrouble });
    this.log = new ReadAhead(source, { except, span });
    // Every error of a batch ends in a back-off; none is left for the loop.
    this.loop = new PollingLoop(() => this.turn(), { clock, pollMs, onError: () => undefined });
  }

  state(): RelayState {
    return {
      status: this.status,
      connected: this.options.publisher.connected,
      position: this.cursor.position,
      oldestPendingAt: this.oldestPendingAt,
      delivered: this.delivered,
      ...this.trouble,
    };
  }

  /** Starts the loop, once. An aborted signal stops it like `stop`, without anything to wait for. */
  start(signal?: AbortSignal): void {
    if (this.running !== null) return;
    const abort = new AbortController();
    this.status = 'running';
    const done = this.loop.run(abort.signal).then(async () => {
      await this.forget();
      this.status = 'stopped';
    });
    this.running = { abort, done };
    signal?.addEventListener('abort', () => void this.stop(), { once: true });
    if (signal?.aborted === true) void this.stop();
  }

  /** Something was logged: look now instead of at the next poll. Does not shorten a back-off. */
  wake(): void {
    this.log.wake();
    this.loop.wake();
  }

  /** Ends the loop; a batch in flight gets a moment to finish, and is otherwise repeated by the next leader. */
  async stop(): Promise<void> {
    const running = this.running;
    if (running === null) return;
    running.abort.abort();
    const inTime = new AbortController();
    await Promise.race([running.done, this.options.clock.sleep(this.options.stopGraceMs ?? 3_000, inTime.signal)]);
    inTime.abort();
    await this.options.publisher.close();
    await running.done;
    this.running = null;
  }

  private async turn(): Promise<NextTurn> {
    const { isLeader, clock, backoff = BACKOFF } = this.options;
    try {
      if (!isLeader()) {
        await this.standBy();
        return 'when_woken';
      }
      const hasMore = await this.relayBatch();
      this.succeeded();
      if (!hasMore) await this.probe();
      return hasMore ? 'at_once' : 'when_woken';
    } catch (error) {
      await this.failed(error);
      return { backOffMs: backoffMs(this.trouble.failures - 1, backoff, clock.random()) };
    }
  }

  /** False when the log went no further than that when it was read: whatever came since has woken the loop. */
  private async relayBatch(): Promise<boolean> {
    const from = await this.cursor.begin();
    const { events, until, hasMore } = await this.log.read(from, this.limit.after(from));
    if (events.length > 0) {
      if (hasMore) this.log.start(until, this.limit.after(until));
      await this.deliver(events, from, until);
    } else await this.cursor.pass(until, hasMore);
    return hasMore;
  }

  private async deliver(events: readonly StoredEvent[], from: bigint, to: bigint): Promise<void> {
    const [first] = events;
    this.oldestPendingAt = first?.created_at ?? null;
    // An event that is refused waits alone: what this relay passes over before it does not count as waiting.
    if (first !== undefined && this.trouble.failures > 0 && first.position - 1n > from) {
      if (!(await this.cursor.store(first.position - 1n))) return;
    }
    await this.publish(events);
    if (await this.cursor.deliveredTo(to)) this.oldestPendingAt = null;
  }

  private async publish(events: readonly StoredEvent[]): Promise<void> {
    try {
      await this.options.publisher.publish(events);
    } catch (error) {
      this.limit.failed(events);
      throw error;
    }
    this.heardAt = this.options.clock.now();
    this.limit.delivered(events);
    this.delivered += events.length;
  }

  /** Nothing waits, so what the probe finds is no failure of this relay: it shows in `connected` alone. */
  private async probe(): Promise<void> {
    const { clock, publisher, probeMs = PROBE_MS } = this.options;
    if (this.heardAt !== null && clock.now() - this.heardAt < probeMs) return;
    await publisher.probe();
    this.heardAt = clock.now();
  }

  /** Another replica leads, and reports what waits and what fails. */
  private async standBy(): Promise<void> {
    await this.forget();
    this.status = 'standby';
    this.heardAt = null;
    this.oldestPendingAt = null;
    this.trouble = NO_TROUBLE;
  }

  private succeeded(): void {
    if (this.trouble.failures > 0) {
      this.options.logger.info({ relay: this.options.name, failures: this.trouble.failures }, 'Relaying events again');
    }
    this.status = 'running';
    this.trouble = NO_TROUBLE;
  }

  private async forget(): Promise<void> {
    this.log.forget();
    await this.cursor.forget();
  }

  private async failed(error: unknown): Promise<void> {
    await this.forget();
    const failures = this.trouble.failures + 1;
    const lastError = error instanceof Error ? error.message : String(error);
    this.trouble = { failures, lastError };
    this.status = 'backing_off';
    const fields = { relay: this.options.name, failures, error: lastError };
    // Once per outage for people; the rest is in the metrics.
    if (failures === 1) this.options.logger.warn(fields, 'Events wait in the log: relaying failed, retrying');
    else this.options.logger.debug(fields, 'Relaying failed again');
  }
}
