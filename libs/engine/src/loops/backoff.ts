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

/** Of a stall: beyond this a look costs next to nothing, and a cause that no list shows is still found within a working day. */
const STALLED_CAP_MS = 6 * 3_600_000;

/** The first look after a stall comes after `resyncMs`; each that finds the same doubles the time, up to six hours. Not jittered. */
export const stalledDelayMs = (stalls: number, resyncMs: number): number =>
  Math.min(Math.max(STALLED_CAP_MS, resyncMs), resyncMs * 2 ** Math.min(Math.max(0, stalls - 1), 30));

/** `ms` ± 10 %, so that many timers do not fall together. */
export const jittered = (ms: number, random: number): number => Math.round(ms * (0.9 + 0.2 * random));
