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
}

/** How far one relay has come, and how much of that is stored. It remembers what it stored while it leads without a failure. */
export class RelayCursor {
  private reached: bigint | null = null;
  /** Where the stored cursor is; null: it has to be read. */
  private stored: bigint | null = null;
  private storedAt = -Infinity;

  constructor(private readonly options: RelayCursorOptions) {}

  /** Of the last event that is known to be delivered or passed over; null until the cursor was read. */
  get position(): bigint | null {
    return this.reached;
  }

  /** Where to go on; reads the stored cursor when it may be elsewhere. */
  async begin(): Promise<bigint> {
    if (this.stored === null) {
      this.stored = await this.options.cursors.get(this.options.name);
      this.reached = this.stored;
    }
    return this.reached ?? this.stored;
  }

  /** What others deliver; `hasMore`: the end of the log is further on. */
  async pass(to: bigint, hasMore: boolean): Promise<void> {
    const { clock, pollMs } = this.options;
    this.reached = to;
    if (to !== this.stored && (hasMore || clock.now() - this.storedAt >= pollMs)) await this.store(to);
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

  /** From the stored cursor on: another replica may move it. */
  forget(): void {
    this.stored = null;
  }
}
