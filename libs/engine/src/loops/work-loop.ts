import type { Clock } from '../ports/clock';

export interface WorkLoopOptions {
  readonly clock: Clock;
  /** At most this many pieces of work at once. */
  readonly concurrency: number;
  /** Longest wait before looking again when nothing wakes the loop. */
  readonly pollMs: number;
  /** Called for every error; the loop goes on. */
  readonly onError: (error: unknown) => void;
}

/**
 * Takes work while there is room, and sleeps when there is none.
 *
 * `take(room)` returns up to `room` pieces, already started. A full take means there may be more, so it is asked again at
 * once; `wake` ends the sleep early, and a wake during a take is not lost. `run` resolves when `signal` aborted and all
 * started work has ended.
 */
export class WorkLoop {
  private woken = false;
  private nap: AbortController | null = null;
  private readonly active = new Set<Promise<void>>();

  constructor(
    private readonly take: (room: number) => Promise<readonly Promise<unknown>[]>,
    private readonly options: WorkLoopOptions,
  ) {}

  /** Pieces of work that are running now. */
  get activeCount(): number {
    return this.active.size;
  }

  wake(): void {
    this.woken = true;
    this.nap?.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.nap?.abort();
    signal.addEventListener('abort', stop);
    while (!signal.aborted) {
      this.woken = false;
      const room = this.options.concurrency - this.active.size;
      const started = room > 0 ? await this.turn(room) : 0;
      if (started < room || room === 0) await this.rest(signal);
    }
    signal.removeEventListener('abort', stop);
    await Promise.all(this.active);
  }

  private async turn(room: number): Promise<number> {
    try {
      const started = await this.take(room);
      for (const work of started) this.track(work);
      return started.length;
    } catch (error) {
      this.options.onError(error);
      return 0;
    }
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

  private async rest(signal: AbortSignal): Promise<void> {
    if (this.woken || signal.aborted) return;
    this.nap = new AbortController();
    await this.options.clock.sleep(this.options.pollMs, this.nap.signal);
    this.nap = null;
  }
}
