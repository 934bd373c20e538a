/** Exponential with full jitter: uniform in (0, min(cap, base * 2^attempts)], never 0. `random` is in [0, 1). */
export const backoffMs = (
  attempts: number,
  limits: { readonly baseMs: number; readonly capMs: number },
  random: number,
): number => {
  const ceiling = Math.min(limits.capMs, limits.baseMs * 2 ** Math.min(attempts, 30));
  return Math.max(1, Math.round(ceiling * (1 - random)));
};

/** `ms` ± 10 %, so that many timers do not fall together. */
export const jittered = (ms: number, random: number): number => Math.round(ms * (0.9 + 0.2 * random));
