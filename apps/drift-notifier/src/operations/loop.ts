import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../core/backoff';
import type { Log } from './log';

const BACKOFF = { baseMs: 200, capMs: 10_000 };

/** Resolves after `ms`, or as soon as the signal says. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
};

/** Does a piece of work again and again until it is stopped: at once while there is more to do, else after a pause; after an error with back-off. */
export class Loop {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private lastTurn = performance.now();

  constructor(
    private readonly options: {
      readonly name: string;
      /** True: there is more to do. */
      readonly turn: () => Promise<boolean>;
      readonly pauseMs: number;
      readonly log: Log;
    },
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Resolves when the present turn is over. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Since the last turn ended, successful or not. */
  idleMs(): number {
    return performance.now() - this.lastTurn;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (let failures = 0; !signal.aborted;) {
      let waitMs = 0;
      try {
        waitMs = (await this.options.turn()) ? 0 : this.options.pauseMs;
        failures = 0;
      } catch (error) {
        const say = failures === 0 ? 'warn' : 'debug';
        const reason = error instanceof Error ? error.message : String(error);
        this.options.log[say]({ loop: this.options.name, error: reason }, 'Work failed, it is tried again');
        waitMs = backoffMs(failures, BACKOFF, Math.random());
        failures += 1;
      }
      this.lastTurn = performance.now();
      await pause(waitMs, signal);
    }
  }
}
