const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const WHOLE = /^(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/;
const PART = /(\d+)(ms|[wdhms])/g;

/** `30s`, `1h30m`, `0s`, as Prometheus writes them; null for anything else. In ms. */
export const durationMs = (text: string): number | null => {
  if (text === '' || !WHOLE.test(text)) return null;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(PART)) sum += Number(count) * UNITS[unit as keyof typeof UNITS];
  return Number.isSafeInteger(sum) ? sum : null;
};
