import type { UpstreamErrorClass, UpstreamFailure, UpstreamPause } from '@dialtone/engine';
import type { CallOutcome, ReadListing } from '@dialtone/voicelink';
import { ApiError, type ErrorCode, type ErrorDetail } from './api-error';

/** Why VoiceLink did not do it, for the caller: the one table from the adapter's classes to codes. */
const REFUSALS: Readonly<Record<UpstreamErrorClass, { readonly code: ErrorCode; readonly says: string }>> = {
  rejected: { code: 'VOICELINK_VALIDATION', says: 'VoiceLink refused this' },
  unauthorized: {
    code: 'VOICELINK_UNAUTHORIZED',
    says: 'VoiceLink did not accept the credentials of this connection, or they lack the right',
  },
  not_found: { code: 'VOICELINK_NOT_FOUND', says: 'VoiceLink has no such record' },
  rate_limited: { code: 'VOICELINK_RATE_LIMITED', says: 'VoiceLink takes no more requests at the moment' },
  unavailable: { code: 'VOICELINK_UNAVAILABLE', says: 'VoiceLink cannot be used at the moment' },
  dry_run: { code: 'WRITES_DISABLED', says: 'This deployment writes nothing to VoiceLink' },
};
const TIMED_OUT = { code: 'VOICELINK_TIMEOUT', says: 'VoiceLink did not answer in time' } as const;
const UNKNOWN =
  'Whether VoiceLink did this is not known, and it may still happen: look at the current state before you repeat it';

const MS_PER_SECOND = 1000;

const retryAfter = ({ retryAfterMs }: Pick<UpstreamFailure, 'retryAfterMs'>): Readonly<Record<string, string>> =>
  retryAfterMs === null ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / MS_PER_SECOND))) };

const detailsOf = (fields: Readonly<Record<string, readonly string[]>>): readonly ErrorDetail[] =>
  Object.entries(fields).flatMap(([field, messages]) => messages.map((message) => ({ field, message })));

/** What a call that did not succeed is answered with. The failure's message is safe to show: see UpstreamFailure. */
export const voiceLinkError = ({ kind, failure, fields }: Exclude<CallOutcome, { kind: 'ok' }>): ApiError => {
  if (kind === 'unknown') return new ApiError('VOICELINK_OUTCOME_UNKNOWN', `${UNKNOWN} (${failure.message}).`);
  const { code, says } = failure.timedOut === true ? TIMED_OUT : REFUSALS[failure.class];
  return new ApiError(code, `${says} (${failure.message}).`, {
    details: detailsOf(fields),
    headers: retryAfter(failure),
  });
};

/** A list that could not be read, of which only the reason is known. */
export const voiceLinkUnreadable = (reason: string): ApiError =>
  new ApiError('VOICELINK_UNAVAILABLE', `${REFUSALS.unavailable.says} (${reason}).`);

/** The account of a connection that was chosen cannot be opened. */
export const voiceLinkClosed = (): ApiError =>
  voiceLinkUnreadable(
    'this connection has just been disconnected, or its base URL is not one that this deployment may call',
  );

/** The classes that say something about a listing's own request, which no caller has written. */
const OURS: ReadonlySet<UpstreamErrorClass> = new Set<UpstreamErrorClass>(['rejected', 'not_found']);

/** Why a list that is needed for an answer could not be read to its end. */
export const voiceLinkUnlisted = (
  section: string,
  { message, failure }: Exclude<ReadListing<unknown>, { status: 'complete' }>,
): ApiError =>
  failure === undefined || OURS.has(failure.class)
    ? voiceLinkUnreadable(`${section}: ${message}`)
    : voiceLinkError({ kind: 'refused', failure, fields: {} });

/** Nothing was asked for, since VoiceLink does not answer or takes no more requests. */
export const voiceLinkPaused = (why: UpstreamPause['why'], retryAfterMs: number): ApiError =>
  new ApiError(REFUSALS[why].code, `${REFUSALS[why].says}; nothing was done.`, {
    headers: retryAfter({ retryAfterMs }),
  });

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
