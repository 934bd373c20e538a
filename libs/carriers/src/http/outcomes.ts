import type { CallReading, CallState, CarrierFailure, Ending, FailureReason, Placement, Verdict } from '../port';
import type { Reply } from './classify';

/** A failure before anything was sent. */
export const notConfigured = (message: string, reason: FailureReason = 'not_configured'): CarrierFailure => ({
  ...failureOf(reason, null, message),
  isOwn: true,
});

/** What an answer shows besides its status. */
export const failureOf = (reason: FailureReason, httpStatus: number | null, message: string): CarrierFailure => ({
  reason,
  httpStatus,
  code: null,
  message,
  retryAfterMs: null,
  timedOut: false,
  isOwn: false,
});

/** The credentials are good, and the account is not. */
export const closedAccount = (message: string): Verdict => ({
  kind: 'refused',
  failure: { ...failureOf('forbidden', null, message), isOwn: true },
});

/** `wrong`: the reasons by which this carrier says that credentials are wrong. */
export const verdictOf = (reply: Reply, wrong: readonly FailureReason[] = ['unauthorized']): Verdict => {
  if (reply.kind === 'ok') return { kind: 'verified' };
  const { failure } = reply;
  return { kind: wrong.includes(failure.reason) ? 'refused' : 'unknown', failure };
};

/** An accepted call without an id may ring all the same: its outcome is unknown. */
export const placementOf = (reply: Reply, idIn: (body: unknown) => string | null): Placement => {
  if (reply.kind !== 'ok') return reply;
  const carrierId = idIn(reply.body);
  if (carrierId !== null) return { kind: 'accepted', carrierId, raw: reply.body };
  const message = `HTTP ${String(reply.status)}: the answer holds no id of the call`;
  return { kind: 'unknown', failure: failureOf('unavailable', reply.status, message) };
};

export const endingOf = (reply: Reply): Ending => {
  if (reply.kind === 'ok') return { kind: 'ended' };
  const { failure } = reply;
  return failure.reason === 'not_found' ? { kind: 'not_found' } : { kind: 'failed', failure };
};

export interface ReadState {
  readonly state: CallState;
  readonly durationSeconds: number | null;
  readonly reason: string | null;
}

/** `stateIn`: null when the record does not say how the call stands. */
export const readingOf = (reply: Reply, stateIn: (body: unknown) => ReadState | null): CallReading => {
  if (reply.kind !== 'ok') {
    const { failure } = reply;
    return failure.reason === 'not_found' ? { kind: 'not_found' } : { kind: 'failed', failure };
  }
  const state = stateIn(reply.body);
  return state === null ? { kind: 'not_found' } : { kind: 'known', ...state, raw: reply.body };
};
