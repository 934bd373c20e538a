import { setImmediate as immediate } from 'node:timers/promises';

/** Time and randomness of the machine; implements the engine's Clock port. */
export class SystemClock {
  /** Epoch milliseconds. */
  now(): number {
    return Date.now();
  }

  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    // By hand: a timer of Node's that is aborted makes an error with a stack, a thousand times a second in a stream of events.
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve(undefined);
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
    return promise;
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
