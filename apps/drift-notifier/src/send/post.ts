/** How an attempt ended. */
export type Answer =
  | { readonly kind: 'accepted' }
  /** Worth another try; `retryAfterMs` is what the receiver asked for. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs: number | null }
  /** It does not take this body, however often it comes. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Of an answer that is no success: for the log. */
const MAX_ANSWER_BYTES = 2_048;
const MAX_SHOWN = 200;
const OF_THE_BODY = new Set([400, 413, 422]);
const MAX_RETRY_AFTER_MS = 3_600_000;

/** The beginning of the body; the rest is not waited for. */
const beginningOf = async (response: Response): Promise<string> => {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < MAX_ANSWER_BYTES) {
    const { done, value } = (await reader.read()) as { readonly done: boolean; readonly value?: Uint8Array };
    if (done || value === undefined) break;
    chunks.push(value);
    bytes += value.byteLength;
  }
  await reader.cancel().catch(() => undefined);
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8').replace(/\s+/g, ' ').slice(0, MAX_SHOWN);
};

/** In seconds or as a date (RFC 9110); null when absent or neither. */
export const retryAfterMs = (header: string | null, now: number): number | null => {
  if (header === null) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
};

const reasonOf = (error: unknown): string => {
  if ((error as { readonly name?: unknown } | null)?.name === 'TimeoutError') return 'no answer in time';
  if (!(error instanceof Error)) return String(error);
  // What fetch throws says nothing; its cause does. Neither has the URL, which may carry a secret.
  return error.cause instanceof Error ? error.cause.message : error.message;
};

/** Sends a body once. Never rejects; takes no longer than `timeoutMs`; follows no redirect and reads a bounded part of the answer. */
export const post = async (input: {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly now: () => number;
}): Promise<Answer> => {
  try {
    const response = await fetch(input.url, {
      method: 'POST',
      body: input.body,
      headers: { 'content-type': 'application/json', 'user-agent': 'dialtone-drift-notifier', ...input.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(input.timeoutMs),
    });
    if (response.ok) {
      await response.body?.cancel().catch(() => undefined);
      return { kind: 'accepted' };
    }
    const reason = `HTTP ${String(response.status)} ${await beginningOf(response)}`.trim();
    if (OF_THE_BODY.has(response.status)) return { kind: 'refused', reason };
    return { kind: 'failed', reason, retryAfterMs: retryAfterMs(response.headers.get('retry-after'), input.now()) };
  } catch (error) {
    return { kind: 'failed', reason: reasonOf(error), retryAfterMs: null };
  }
};
