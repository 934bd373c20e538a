/** Time and randomness of the engine. */
export interface Clock {
  /** Epoch milliseconds of this process; only for durations and local deadlines. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets everything else that is ready run first: between parts of a long computation. No time need pass. */
  nextTurn(): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}
