/** Time and randomness of the engine. */
export interface Clock {
  /** Epoch milliseconds of this process; only for durations and local deadlines. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}
