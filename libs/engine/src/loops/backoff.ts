/** The first wait is at most `baseMs`; each further one doubles, up to `capMs`. */
export interface BackoffLimits {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Exponential back-off with equal jitter: between half and all of `min(cap, base * 2^attempts)`, so that many processes do
 * not retry together, and none retries at once. Whole milliseconds, never 0. `random` is in [0, 1).
 */
export const backoffMs = (attempts: number, { baseMs, capMs }: BackoffLimits, random: number): number => {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempts, 30));
  return Math.max(1, Math.round(ceiling * (1 - random / 2)));
};

/** `ms` ± 10 %, so that many timers do not fall together. */
export const jittered = (ms: number, random: number): number => Math.round(ms * (0.9 + 0.2 * random));
