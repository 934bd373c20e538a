import type { ApiError, ErrorCode } from '../errors/api-error';

/** Malformed, not allowed, too fast, or not now: nothing was done, and the very same request may be answered otherwise. */
const NOTHING_DONE: ReadonlySet<number> = new Set([400, 401, 403, 413, 415, 429, 503]);
const NOTHING_DONE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'IDEMPOTENCY_IN_PROGRESS',
  'RESOURCE_BUSY',
  // With the remedy in its message: what was asked for works once that is done.
  'NO_CALLER_ID',
  'CONNECTION_LIMIT_REACHED',
  'INBOUND_CONFLICT',
  'VOICELINK_UNAUTHORIZED',
  'VOICELINK_TIMEOUT',
]);

/** Whether a refusal is the answer to the request for good. Otherwise its key stays free for another try. */
export const isWorthKeeping = ({ status, code }: Pick<ApiError, 'status' | 'code'>): boolean =>
  !NOTHING_DONE.has(status) && !NOTHING_DONE_CODES.has(code);
