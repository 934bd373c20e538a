import type { Clock } from '../ports/clock';
import type { Cursors } from '../ports/event-log';
import type { Log } from '../ports/log';

export interface RelayCursorOptions {
  readonly name: string;
  readonly cursors: Cursors;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly logger: Pick<Log, 'warn'>;
  /** What is only passed over is stored once in so many ms, since to pass over it again costs nothing. */
  readonly pollMs: number;
  /** A store that nobody waits for failed, or found the cursor elsewhere: the next call tells. */
  readonly onTrouble: () => void;
}

const DONE = Promise.resolve(true);
/** Between two stores of what is delivered, ms: under a steady stream one tells of many batches. */
const STORE_GAP_MS = 25;

/**
 * How far one relay has come, and how much of that is stored. It remembers what it stored while it leads without a failure.
 *
 * What is delivered is stored while further batches are on their way, at once after a pause and every 25 ms in a stream: one store at a
 * time, and what is stored was delivered before.
 */
export class RelayCursor {
  private reached: bigint | null = null;
  /** Where the stored cursor is; null: it has to be read. */
  private stored: bigint | null = null;
  private storedAt = -Infinity;
  /** The last one that was begun; never rejects before somebody waits for it. */
  private storing = DONE;
  /** While the store that was begun last waits for its time. */
  private resting: AbortController | null = null;

  constructor(private readonly options: RelayCursorOptions) {}

  /** Of the last event that is known to be delivered or passed over; null until the cursor was read. */
  get position(): bigint | null {
    return this.reached;
  }

  /** Where to go on; reads the stored cursor when it may be elsewhere. */
  async begin(): Promise<bigint> {
    if (this.stored === null) {
      await this.settled();
      this.stored = await this.options.cursors.get(this.options.name);
      this.reached = this.stored;
    }
    return this.reached ?? this.stored;
  }

  /** What others deliver; `hasMore`: the end of the log is further on. */
  async pass(to: bigint, hasMore: boolean): Promise<void> {
    if (this.resting !== null) {
      this.reached = to;
      return;
    }
    if (!(await this.settled())) return;
    const { clock, pollMs } = this.options;
    this.reached = to;
    if (to !== this.stored && (hasMore || clock.now() - this.storedAt >= pollMs)) await this.store(to);
  }

  /** What was delivered is stored soon. False when another relay has moved the cursor. */
  async deliveredTo(to: bigint): Promise<boolean> {
    if (this.resting !== null) {
      this.reached = to;
      return true;
    }
    if (!(await this.settled())) return false;
    this.reached = to;
    this.storing = this.storeInTime(to);
    this.storing.then((moved) => {
      if (!moved) this.options.onTrouble();
    }, this.options.onTrouble);
    return true;
  }

  /** Stores where the relay has come by then. */
  private async storeInTime(delivered: bigint): Promise<boolean> {
    const { clock } = this.options;
    // A clock that was set back makes it wait no longer.
    const restMs = Math.min(STORE_GAP_MS, this.storedAt + STORE_GAP_MS - clock.now());
    if (restMs > 0) {
      this.resting = new AbortController();
      await clock.sleep(restMs, this.resting.signal);
      this.resting = null;
    }
    return this.store(this.reached ?? delivered);
  }

  /** False when another relay has moved the cursor. */
  async store(to: bigint): Promise<boolean> {
    const { name, cursors, logger, clock } = this.options;
    const from = this.stored ?? to;
    const moved = await cursors.advance(name, from, to);
    if (moved) {
      this.stored = to;
      this.reached = to;
      this.storedAt = clock.now();
    } else {
      this.stored = null;
      logger.warn({ relay: name, from, to }, 'Another relay moved the cursor; going on from there');
    }
    return moved;
  }

  /** Nothing is being stored any more. False when another relay has moved the cursor; rejects when it could not be stored. */
  async settled(): Promise<boolean> {
    this.resting?.abort();
    const { storing } = this;
    this.storing = DONE;
    return storing;
  }

  /** From the stored cursor on: another replica may move it. */
  async forget(): Promise<void> {
    await this.settled().catch(() => false);
    this.stored = null;
  }
}
