/** Every error code that this API answers with, and its HTTP status. */
export const ERROR_STATUS = {
  VALIDATION_ERROR: 400,
  CONNECTION_AMBIGUOUS: 400,
  CREDENTIALS_REFUSED: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  DESTINATION_NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  AGENT_NOT_FOUND: 404,
  CONNECTION_NOT_FOUND: 404,
  REQUEST_TIMEOUT: 408,
  CONNECTION_CONFLICT: 409,
  MANAGER_CONFLICT: 409,
  AGENT_LIMIT_REACHED: 409,
  BINDING_LIMIT_REACHED: 409,
  PAUSE_LIMIT_REACHED: 409,
  WEBHOOK_LIMIT_REACHED: 409,
  WRITES_NOT_ALLOWED: 409,
  PRUNE_LIMIT_EXCEEDED: 409,
  PLAN_STALE: 409,
  CONNECTION_LIMIT_REACHED: 409,
  NUMBER_LIMIT_REACHED: 409,
  CONNECTION_DISCONNECTED: 409,
  INBOUND_CONFLICT: 409,
  AGENT_NAME_TAKEN: 409,
  NO_CALLER_ID: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  IDEMPOTENCY_IN_PROGRESS: 409,
  IDEMPOTENCY_OUTCOME_UNKNOWN: 409,
  RESOURCE_BUSY: 409,
  CURSOR_EXPIRED: 410,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  URI_TOO_LONG: 414,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  CALL_LIMIT_REACHED: 429,
  KEPT_ANSWER_LIMIT_REACHED: 429,
  HEADERS_TOO_LARGE: 431,
  LIMIT_REACHED: 429,
  CARRIER_RATE_LIMITED: 429,
  VOICELINK_NOT_FOUND: 404,
  PROVIDER_NOT_SUPPORTED: 422,
  CARRIER_REJECTED: 422,
  VOICELINK_VALIDATION: 422,
  VOICELINK_RATE_LIMITED: 429,
  INTERNAL_ERROR: 500,
  // The caller's own API key is fine, so neither 401 nor 403.
  VOICELINK_UNAUTHORIZED: 502,
  CARRIER_UNAUTHORIZED: 502,
  CARRIER_UNAVAILABLE: 503,
  VOICELINK_UNAVAILABLE: 503,
  WRITES_DISABLED: 503,
  VOICELINK_TIMEOUT: 504,
  // Like a time-out: the outcome is unknown.
  VOICELINK_OUTCOME_UNKNOWN: 504,
  SERVICE_UNAVAILABLE: 503,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;

/** One thing that is wrong with one input, named as the caller wrote it. */
export interface ErrorDetail {
  readonly field: string;
  readonly message: string;
}

interface RefusalExtra {
  readonly details?: readonly ErrorDetail[];
  readonly headers?: Readonly<Record<string, string>>;
  /** When a repetition may succeed, ms from now: the `Retry-After` header. Null or omitted: not known. */
  readonly retryAfterMs?: number | null;
}

const MS_PER_SECOND = 1000;

/** Whole seconds, rounded up so that a client does not come too early, and at least 1: a client takes 0 for "at once". */
export const retryAfterSeconds = (ms: number): string => String(Math.max(1, Math.ceil(ms / MS_PER_SECOND)));

const headersOf = ({ headers = {}, retryAfterMs }: RefusalExtra): Readonly<Record<string, string>> =>
  typeof retryAfterMs === 'number' ? { ...headers, 'retry-after': retryAfterSeconds(retryAfterMs) } : headers;

/**
 * An expected refusal. The caller reads its message unchanged: it says what to do, and contains no secret and nothing about
 * another partner. Only the error filter turns it into HTTP.
 */
export class ApiError extends Error {
  readonly status: number;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    extra: RefusalExtra = {},
  ) {
    // No refusal is a defect, and one body may be refused a thousand times: to note where would take most of that time.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'ApiError';
    this.status = ERROR_STATUS[code];
    this.details = extra.details ?? [];
    this.headers = headersOf(extra);
  }
}

const MAX_SHOWN_NAME = 100;

/** A name that the caller chose, short enough to be said back. */
export const shownName = (name: string): string =>
  name.length > MAX_SHOWN_NAME ? `${name.slice(0, MAX_SHOWN_NAME)}…` : name;

/** 400 for a single input. */
export const invalidInput = (field: string, message: string): ApiError =>
  new ApiError('VALIDATION_ERROR', message, { details: [{ field, message }] });

/** Completes the sentence "cursor must be …". */
export const CURSOR_RULE = 'the next_cursor of the page before, unchanged; leave it out to start from the beginning';

/** The agent that the body names is not one of this partner. */
export const agentNotFound = (): ApiError =>
  new ApiError('AGENT_NOT_FOUND', 'This partner has no such agent: check agent_id.', {
    details: [{ field: 'agent_id', message: 'No such agent.' }],
  });

/** 400 for a cursor that did not come from this API. */
export const invalidCursor = (): ApiError => invalidInput('cursor', `cursor must be ${CURSOR_RULE}.`);
