import type { Clock } from '../ports/clock';

/**
 * When the next turn begins. `at_once`: there may be more to do. `when_woken`: on the next `wake`, after the poll interval
 * at the latest. `backOffMs`: after that time; a wake does not shorten it.
 */
export type NextTurn = 'at_once' | 'when_woken' | { readonly backOffMs: number };

export interface PollingLoopOptions {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Shortest wait before a turn that a wake begins, so that many wakes in a row make few turns. Default: none. */
  readonly gapMs?: number;
  /** Longest wait before the next turn when nothing wakes the loop; asked before each wait. */
  readonly pollMs: number | (() => number);
  /** Milliseconds until work is due that nothing announces; null: none is. Absent: not known, the loop polls. */
  readonly nextDueInMs?: () => Promise<number | null>;
  /** Called for every error of a turn; the loop goes on as after `when_woken`. */
  readonly onError: (error: unknown) => void;
}

/** A reason: without one an error with a stack is made, for each wake. */
const WOKEN = 'woken';

/** What is due and cannot be taken, because another process just has it, is no reason to spin. */
const MIN_NAP_MS = 20;

/** Repeats a turn, one at a time. A wake during a turn is not lost. */
export class PollingLoop {
  private woken = false;
  private nap: AbortController | null = null;

  constructor(
    private readonly turn: () => Promise<NextTurn>,
    private readonly options: PollingLoopOptions,
  ) {}

  wake(): void {
    this.woken = true;
    this.nap?.abort(WOKEN);
  }

  /** Resolves when `signal` has aborted and the turn under way has ended. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.nap?.abort();
    signal.addEventListener('abort', stop);
    while (!signal.aborted) {
      this.woken = false;
      const next = await this.attempt();
      if (next === 'when_woken') await this.rest(signal);
      else if (next !== 'at_once') await this.options.clock.sleep(next.backOffMs, signal);
    }
    signal.removeEventListener('abort', stop);
  }

  private async attempt(): Promise<NextTurn> {
    try {
      return await this.turn();
    } catch (error) {
      this.options.onError(error);
      return 'when_woken';
    }
  }

  private async rest(signal: AbortSignal): Promise<void> {
    const isOver = (): boolean => this.woken || signal.aborted;
    const { nextDueInMs, gapMs = 0 } = this.options;
    if (gapMs > 0) await this.options.clock.sleep(gapMs, signal);
    if (isOver()) return;
    const napMs = nextDueInMs === undefined ? this.pollMs : await this.napMs(nextDueInMs);
    if (isOver()) return;
    this.nap = new AbortController();
    await this.options.clock.sleep(napMs - gapMs, this.nap.signal);
    this.nap = null;
  }

  /** What is due at a known time is not left lying until the next poll. */
  private async napMs(nextDueInMs: () => Promise<number | null>): Promise<number> {
    try {
      const dueInMs = (await nextDueInMs()) ?? this.pollMs;
      return Math.min(this.pollMs, Math.max(MIN_NAP_MS, Math.ceil(dueInMs)));
    } catch (error) {
      this.options.onError(error);
      return this.pollMs;
    }
  }

  private get pollMs(): number {
    const { pollMs } = this.options;
    return typeof pollMs === 'number' ? pollMs : pollMs();
  }
}
