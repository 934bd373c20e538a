import type { Quota, QuotaReachedError } from '@dialtone/persistence';
import { ApiError, type ErrorCode } from './api-error';

interface Refusal {
  readonly code: ErrorCode;
  /** Completes "This partner may have 5 …". */
  readonly what: string;
  /** What the partner can do itself; null: only the operator can help. */
  readonly remedy: string | null;
}

/** The one table from quotas to what the caller reads. */
const REFUSALS: Readonly<Record<Quota, Refusal>> = {
  agents: { code: 'AGENT_LIMIT_REACHED', what: 'agents', remedy: 'delete one first' },
  bindings: { code: 'BINDING_LIMIT_REACHED', what: 'declared numbers', remedy: 'delete a binding first' },
  connections: { code: 'CONNECTION_LIMIT_REACHED', what: 'active connections', remedy: 'disconnect one first' },
  // Rows of numbers are never deleted.
  phone_numbers: { code: 'NUMBER_LIMIT_REACHED', what: 'phone numbers', remedy: null },
  pauses: { code: 'PAUSE_LIMIT_REACHED', what: 'standing pauses', remedy: 'end one first' },
  webhooks: { code: 'WEBHOOK_LIMIT_REACHED', what: 'webhooks', remedy: 'delete one first' },
  kept_answer_bytes: {
    code: 'KEPT_ANSWER_LIMIT_REACHED',
    what: 'bytes of answers that are kept for its Idempotency-Keys',
    remedy: 'send the request without Idempotency-Key, wait until the oldest ones expire',
  },
};

/** Names the quota, its value, and what to do. */
export const quotaReached = ({ quota, atMost, freeInMs }: QuotaReachedError): ApiError => {
  const { code, what, remedy } = REFUSALS[quota];
  const own = remedy === null ? '' : `${remedy}, or `;
  return new ApiError(
    code,
    `This partner may have ${String(atMost)} ${what} (quota ${quota}), and this would be more: ${own}ask the operator to raise it.`,
    { retryAfterMs: freeInMs },
  );
};
