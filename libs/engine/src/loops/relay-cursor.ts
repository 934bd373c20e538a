import type { Clock } from '../ports/clock';
import type { Cursors } from '../ports/event-log';
import type { Log } from '../ports/log';

export interface RelayCursorOptions {
  readonly name: string;
  readonly cursors: Cursors;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Pick<Log, 'warn'>;
  /** What is only passed over is stored once in so many ms, since to pass over it again costs nothing. */
  readonly pollMs: number;
  /** A store that nobody waits for failed, or found the cursor elsewhere: the next call tells. */
  readonly onTrouble: () => void;
}

const DONE = Promise.resolve(true);

/**
 * How far one relay has come, and how much of that is stored. It remembers what it stored while it leads without a failure.
 *
 * What is delivered is stored while the next batch is on its way: one store at a time, and what is stored was delivered before.
 */
export class RelayCursor {
  private reached: bigint | null = null;
  /** Where the stored cursor is; null: it has to be read. */
  private stored: bigint | null = null;
  private storedAt = -Infinity;
  /** The last one that was begun; never rejects before somebody waits for it. */
  private storing = DONE;

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
    if (!(await this.settled())) return;
    const { clock, pollMs } = this.options;
    this.reached = to;
    if (to !== this.stored && (hasMore || clock.now() - this.storedAt >= pollMs)) await this.store(to);
  }

  /** Begins to store what was delivered, as soon as what was before it is stored. False when another relay has moved the cursor. */
  async deliveredTo(to: bigint): Promise<boolean> {
    if (!(await this.settled())) return false;
    this.reached = to;
    this.storing = this.store(to);
    this.storing.then((moved) => {
      if (!moved) this.options.onTrouble();
    }, this.options.onTrouble);
    return true;
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
