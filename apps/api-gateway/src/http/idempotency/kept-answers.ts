import type { ApiError, ErrorCode } from '../errors/api-error';

/** Malformed, forbidden, too fast, or not now: nothing was done, and the same request may succeed later. */
const NOTHING_DONE: ReadonlySet<number> = new Set([400, 401, 403, 413, 415, 429, 503]);
const NOTHING_DONE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'IDEMPOTENCY_IN_PROGRESS',
  'RESOURCE_BUSY',
  // The message names a remedy, after which the same request succeeds.
  'NO_CALLER_ID',
  'CONNECTION_CONFLICT',
  'MANAGER_CONFLICT',
  'AGENT_LIMIT_REACHED',
  'BINDING_LIMIT_REACHED',
  'WEBHOOK_LIMIT_REACHED',
  'PRUNE_LIMIT_EXCEEDED',
  'PLAN_STALE',
  'CONNECTION_LIMIT_REACHED',
  'NUMBER_LIMIT_REACHED',
  'INBOUND_CONFLICT',
  'VOICELINK_UNAUTHORIZED',
  'VOICELINK_TIMEOUT',
]);

/** True if a refusal is final. Otherwise its key stays free for another attempt. */
export const isWorthKeeping = ({ status, code }: Pick<ApiError, 'status' | 'code'>): boolean =>
  !NOTHING_DONE.has(status) && !NOTHING_DONE_CODES.has(code);
