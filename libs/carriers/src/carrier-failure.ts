/** Why a request did not succeed; `http/classify.ts` has the table. */
export type FailureReason =
  | 'unauthorized'
  | 'forbidden'
  /** No balance, or a limit of the plan. */
  | 'payment'
  | 'not_found'
  | 'rejected'
  | 'rate_limited'
  | 'unavailable'
  /** Nothing was sent: a setting of this deployment is missing, or a field of the connection. */
  | 'not_configured';

export interface CarrierFailure {
  readonly reason: FailureReason;
  readonly httpStatus: number | null;
  /** The carrier's own code, as it wrote it. */
  readonly code: string | null;
  /** For people; holds no secret. */
  readonly message: string;
  readonly retryAfterMs: number | null;
  readonly timedOut: boolean;
  /** Nothing was sent: `message` is ours and says what to do. */
  readonly isOwn: boolean;
}
