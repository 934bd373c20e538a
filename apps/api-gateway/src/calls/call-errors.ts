import type { RefusedDestination } from '@dialtone/domain';
import type { RecordedCall } from '@dialtone/persistence';
import type { CallPlacement } from '@dialtone/voicelink';
import { agentNotFound, ApiError } from '../http/errors/api-error';
import { connectionNotFound } from '../http/input/connection-selection';
import { voiceLinkError } from '../http/errors/voicelink-errors';

const DESTINATIONS: Readonly<Record<RefusedDestination, string>> = {
  country: 'calls of this partner may not go to this country',
  premium: 'the caller would pay more than for a call: premium and shared-cost numbers are not allowed',
  network: 'the number belongs to a satellite or another network of no country',
  unknown: 'no country has this calling code',
};

const destinationRefused = (why: RefusedDestination): ApiError => {
  const message = `to_number cannot be called: ${DESTINATIONS[why]}. The operator can allow it.`;
  return new ApiError('DESTINATION_NOT_ALLOWED', message, { details: [{ field: 'to_number', message }] });
};

/** When a call ends is not known. */
const CROWDED_RETRY_MS = 10_000;

/** Why nothing was recorded. */
export const notRecorded = (refusal: Exclude<RecordedCall, { readonly kind: 'recorded' }>): ApiError => {
  switch (refusal.kind) {
    case 'destination_refused':
      return destinationRefused(refusal.why);
    case 'too_many_calls':
      return new ApiError(
        'CALL_LIMIT_REACHED',
        `This partner may start ${String(refusal.atMost)} calls a day (quota calls_per_day), and has: ask the operator to raise it, or wait.`,
        { retryAfterMs: refusal.resetMs },
      );
    case 'too_many_at_once':
      return new ApiError(
        'LIMIT_REACHED',
        `This ${refusal.of} may have ${String(refusal.atMost)} calls at once, and has: wait until one of them is over.`,
        { retryAfterMs: CROWDED_RETRY_MS },
      );
    case 'connection_not_found':
      return connectionNotFound();
    case 'agent_not_found':
      return agentNotFound();
    case 'no_caller_id':
      return new ApiError(
        'NO_CALLER_ID',
        'No active number of this connection is assigned to the agent, and the connection has no active default number: assign one with PUT /api/v2/phone-numbers/{id}, or set a default with did_number of PUT /api/v2/config/telephony/voicelink.',
      );
  }
};

/** VoiceLink's names for the two numbers of a call. */
const INPUTS: Readonly<Record<string, string>> = { customer_number: 'to_number', did_number: 'from_number' };

/** Why VoiceLink refused the call, or that the outcome is unknown. */
export const notPlaced = (
  callId: string,
  placement: Exclude<CallPlacement, { readonly kind: 'accepted' }>,
): ApiError => {
  if (placement.kind === 'unknown') {
    return new ApiError(
      'VOICELINK_OUTCOME_UNKNOWN',
      `Whether VoiceLink places this call is not known, and it may still ring: call ${callId} stays pending, and is not repeated (${placement.failure.message}).`,
    );
  }
  const { code, message, details, headers } = voiceLinkError(placement);
  return new ApiError(code, message, {
    headers,
    details: details.map(({ field, message: why }) => ({ field: INPUTS[field] ?? field, message: why })),
  });
};
