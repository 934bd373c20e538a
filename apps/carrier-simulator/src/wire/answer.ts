/** What a carrier answers, and what the request did. */
export interface Answer {
  readonly status: number;
  /** Null: no body. */
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** True when something changed. */
  readonly effect: boolean;
  /** The call that the request placed. */
  readonly callId: string | null;
}

export const answer = (status: number, json: unknown, more: Partial<Answer> = {}): Answer => ({
  status,
  json,
  effect: false,
  callId: null,
  ...more,
});

/** Something changed. */
export const changed = (status: number, json: unknown, callId: string | null = null): Answer =>
  answer(status, json, { effect: true, callId });

/** Why a carrier does not do what it was asked to; each carrier says it in its own shape. */
export interface Failure {
  readonly status: number;
  readonly message: string;
  /** The carrier's code; each carrier has one for a status. */
  readonly code?: number | string;
}
