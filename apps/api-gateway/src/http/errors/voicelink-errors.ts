import type { UpstreamErrorClass, UpstreamPause } from '@dialtone/engine';
import type { CallOutcome, ReadListing } from '@dialtone/voicelink';
import { ApiError, type ErrorCode, type ErrorDetail } from './api-error';

/** Why VoiceLink did not do it: a class of the adapter, or a fact that its callers tell apart within a class. */
type Reason = UpstreamErrorClass | 'login_refused' | 'timed_out' | 'outcome_unknown';

/** The one table from reasons to what the caller reads. */
const REFUSALS: Readonly<Record<Reason, { readonly code: ErrorCode; readonly says: string }>> = {
  rejected: { code: 'VOICELINK_VALIDATION', says: 'VoiceLink refused this' },
  unauthorized: {
    code: 'VOICELINK_UNAUTHORIZED',
    says: 'VoiceLink did not accept the credentials of this connection, or they lack the right',
  },
  not_found: { code: 'VOICELINK_NOT_FOUND', says: 'VoiceLink has no such record' },
  rate_limited: { code: 'VOICELINK_RATE_LIMITED', says: 'VoiceLink takes no more requests at the moment' },
  unavailable: { code: 'VOICELINK_UNAVAILABLE', says: 'VoiceLink cannot be used at the moment' },
  dry_run: { code: 'WRITES_DISABLED', says: 'This deployment writes nothing to VoiceLink' },
  login_refused: {
    code: 'VOICELINK_UNAUTHORIZED',
    says: 'VoiceLink did not accept the credentials of this connection',
  },
  timed_out: { code: 'VOICELINK_TIMEOUT', says: 'VoiceLink did not answer in time' },
  outcome_unknown: {
    code: 'VOICELINK_OUTCOME_UNKNOWN',
    says: 'Whether VoiceLink did this is not known, and it may still happen: look at the current state before you repeat it',
  },
};

/** `why` stands in parentheses behind the sentence of the reason. */
const refusal = (reason: Reason, why: string, extra?: ConstructorParameters<typeof ApiError>[2]): ApiError => {
  const { code, says } = REFUSALS[reason];
  return new ApiError(code, `${says} (${why}).`, extra);
};

const detailsOf = (fields: Readonly<Record<string, readonly string[]>>): readonly ErrorDetail[] =>
  Object.entries(fields).flatMap(([field, messages]) => messages.map((message) => ({ field, message })));

/** The answer to a call that failed. The failure's message is safe to show: see UpstreamFailure. */
export const voiceLinkError = ({ kind, failure, fields }: Exclude<CallOutcome, { kind: 'ok' }>): ApiError => {
  if (kind === 'unknown') return refusal('outcome_unknown', failure.message);
  const reason = failure.timedOut === true ? 'timed_out' : failure.class;
  return refusal(reason, failure.message, { details: detailsOf(fields), retryAfterMs: failure.retryAfterMs });
};

/** An unreadable list, when only the reason is known. */
export const voiceLinkUnreadable = (reason: string): ApiError => refusal('unavailable', reason);

/** VoiceLink refused the login with the stored credentials. */
export const voiceLinkLoginRefused = (reason: string): ApiError => refusal('login_refused', reason);

/** The account of the chosen connection cannot be opened. */
export const voiceLinkClosed = (): ApiError =>
  voiceLinkUnreadable(
    'this connection has just been disconnected, or its base URL is not one that this deployment may call',
  );

/** Classes that blame the request: the gateway wrote the request for a list, so the caller is not told to mend it. */
const OURS: ReadonlySet<UpstreamErrorClass> = new Set<UpstreamErrorClass>(['rejected', 'not_found']);

/** Why a list that the answer needs could not be read completely. */
export const voiceLinkUnlisted = (
  section: string,
  { message, failure }: Pick<Exclude<ReadListing<unknown>, { status: 'complete' }>, 'message' | 'failure'>,
): ApiError =>
  failure === undefined || OURS.has(failure.class)
    ? voiceLinkUnreadable(`${section}: ${message}`)
    : voiceLinkError({ kind: 'refused', failure, fields: {} });

/** No request was sent: VoiceLink does not answer, or takes no more requests for now. */
export const voiceLinkPaused = (why: UpstreamPause['why'], retryAfterMs: number): ApiError =>
  new ApiError(REFUSALS[why].code, `${REFUSALS[why].says}; nothing was done.`, { retryAfterMs });

/** What a route that reads from VoiceLink may answer. */
export const VOICELINK_READ_ERRORS = [
  'VALIDATION_ERROR',
  'CONNECTION_AMBIGUOUS',
  'CONNECTION_NOT_FOUND',
  'VOICELINK_UNAUTHORIZED',
  'VOICELINK_VALIDATION',
  'VOICELINK_NOT_FOUND',
  'VOICELINK_RATE_LIMITED',
  'VOICELINK_UNAVAILABLE',
  'VOICELINK_TIMEOUT',
] as const satisfies readonly ErrorCode[];

/** What a route that writes to VoiceLink may answer. */
export const VOICELINK_WRITE_ERRORS = [
  ...VOICELINK_READ_ERRORS,
  'VOICELINK_OUTCOME_UNKNOWN',
  'RESOURCE_BUSY',
  'WRITES_DISABLED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const satisfies readonly ErrorCode[];
