import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';

/** Time and randomness of the machine; implements the engine's Clock port. */
export class SystemClock {
  /** Epoch milliseconds. */
  now(): number {
    return Date.now();
  }

  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }

  /** Resolves after what is ready to run now: timers, answers that have come. */
  async nextTurn(): Promise<void> {
    await immediate();
  }

  /** Uniform in [0, 1). */
  random(): number {
    return Math.random();
  }
}
