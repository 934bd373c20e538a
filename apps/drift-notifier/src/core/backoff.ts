/** Doubles from `baseMs` to `capMs`; between half of that and the whole of it, by `random` from 0 to 1. */
export const backoffMs = (
  failures: number,
  { baseMs, capMs }: { readonly baseMs: number; readonly capMs: number },
  random: number,
): number => {
  const most = Math.min(capMs, baseMs * 2 ** Math.min(failures, 30));
  return most / 2 + (most / 2) * random;
};
