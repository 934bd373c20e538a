/** Lenient readers of single values: types drift without notice upstream (VoiceLink upstream notes §10.2, §10.3, §10.12). */

export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A non-negative integer as number or digits; otherwise null. */
export const toCount = (value: unknown): number | null => {
  const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
};

/** Absent, null, 0 and "" are no id. */
export const toId = (value: unknown): number | null => {
  const count = toCount(value);
  return count === 0 ? null : count;
};

/** Non-blank text as received; numbers become their digits. */
export const toText = (value: unknown): string | null => {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
};

/** The first of `read`'s answers that is not null. */
export const firstOf = <T>(read: (value: unknown) => T | null, ...values: readonly unknown[]): T | null => {
  for (const value of values) {
    const answer = read(value);
    if (answer !== null) return answer;
  }
  return null;
};
