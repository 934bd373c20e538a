import { PollingLoop, type NextTurn, type PollingLoopOptions } from './polling-loop';

export interface WorkLoopOptions extends PollingLoopOptions {
  /** At most this many pieces of work at once. */
  readonly concurrency: number;
}

/** Longest time that work which becomes due lies beside work that is under way. */
const BUSY_NAP_MS = 500;

/**
 * Takes work while there is room, and sleeps when there is none.
 *
 * `take(room)` returns up to `room` pieces, already started. A full take means there may be more, so it is asked again at
 * once; `wake` ends the sleep early, and a wake during a take is not lost. `run` resolves when `signal` aborted and all
 * started work has ended. Every error, of a take or of a piece, goes to `onError`.
 */
export class WorkLoop {
  private readonly active = new Set<Promise<void>>();
  private readonly loop: PollingLoop;

  constructor(
    private readonly take: (room: number) => Promise<readonly Promise<unknown>[]>,
    private readonly options: WorkLoopOptions,
  ) {
    const { nextDueInMs } = options;
    this.loop = new PollingLoop(() => this.turn(), {
      ...options,
      ...(nextDueInMs && { nextDueInMs: () => this.dueInMs(nextDueInMs) }),
    });
  }

  /** Pieces of work that are running now. */
  get activeCount(): number {
    return this.active.size;
  }

  wake(): void {
    this.loop.wake();
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.loop.run(signal);
    await Promise.all(this.active);
  }

  private async turn(): Promise<NextTurn> {
    const room = this.options.concurrency - this.active.size;
    if (room === 0) return 'when_woken';
    const started = await this.take(room);
    for (const work of started) this.track(work);
    return started.length < room ? 'when_woken' : 'at_once';
  }

  /** While work is under way the queue is looked at often anyway: it is not asked besides. */
  private async dueInMs(ask: () => Promise<number | null>): Promise<number | null> {
    return this.active.size > 0 ? BUSY_NAP_MS : ask();
  }

  private track(work: Promise<unknown>): void {
    const tracked = work
      .then(() => undefined, this.options.onError)
      .then(() => {
        this.active.delete(tracked);
        this.wake();
      });
    this.active.add(tracked);
  }
}
