const SECONDS = /^\d{1,15}(?:\.\d{1,9})?$/;
/** As a date of HTTP or ISO begins; `Date.parse` takes all kinds of things for a date, such as -5. */
const DATE = /^(?:[A-Z][a-z]{2,8}, |\d{4}-\d{2}-\d{2}T)/;
const EPOCH_SECONDS = 1_000_000_000;
/** An upper bound for a garbled header: after a day a retry costs nothing. */
const LONGEST_WAIT_MS = 86_400_000;

/**
 * How long an answer asks to wait, ms; null when it does not say. Retry-After in seconds or as a date, else X-RateLimit-Reset; which of
 * them a server sends is often not documented (for VoiceLink: VoiceLink upstream notes §3.4). `now` is in epoch ms.
 */
export const retryAfterMs = (headers: Readonly<Record<string, string | undefined>>, now: number): number | null => {
  const wait = waitOf((headers['retry-after'] ?? headers['x-ratelimit-reset'] ?? '').trim(), now);
  return wait === null ? null : Math.min(LONGEST_WAIT_MS, Math.max(0, wait));
};

/** Milliseconds from `now`, or null when it cannot be read. */
const waitOf = (text: string, now: number): number | null => {
  if (SECONDS.test(text)) {
    const seconds = Number(text);
    return seconds * 1000 - (seconds >= EPOCH_SECONDS ? now : 0);
  }
  const date = DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : date - now;
};
