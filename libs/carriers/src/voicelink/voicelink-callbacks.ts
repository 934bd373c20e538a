import { asJson, NOTHING, type CallbackFields, type CallbackSpec } from '../callbacks/callback';
import { zonedTime } from '../callbacks/times';
import { recordOf, secondsIn, textIn } from '../http/read';
import type { CallState } from '../port';

/** By the event's name; what ends a call tells by other fields how. */
const EVENTS: Readonly<Record<string, CallState>> = {
  'call.initiated': 'pending',
  'call.ringing': 'ringing',
  'call.answered': 'in_progress',
};
const ENDS = ['call.ended', 'call.failed', 'call.completed'];

/** Q.850 causes, with which `hangupCause` begins. */
const CAUSES: Readonly<Record<string, CallState>> = { 17: 'busy', 18: 'no_answer', 19: 'no_answer' };
const WORDS: readonly (readonly [RegExp, CallState])[] = [
  [/busy/i, 'busy'],
  [/cancel/i, 'canceled'],
  [/no.?answer|missed/i, 'no_answer'],
];

/** `call.completed` and `call.ended` both come for one call, and for one that was never answered, too. */
const endOf = (call: CallbackFields): CallState => {
  if (textIn(call, 'answeredAt') !== null) return 'completed';
  const [cause, said] = [textIn(call, 'hangupCause') ?? '', textIn(call, 'callStatus', 'status') ?? ''];
  const byWord = WORDS.find(([words]) => words.test(said) || words.test(cause))?.[1];
  return CAUSES[/^\d+/.exec(cause)?.[0] ?? ''] ?? byWord ?? 'failed';
};

/** The fields of the call lie below `call`, or flat in an older form. */
const callIn = (fields: CallbackFields): CallbackFields => ({ ...fields, ...recordOf(fields['call']) });

/** Handed on as text, and shown as an object. */
const parametersIn = (call: CallbackFields): unknown => {
  const given = call['customParameters'];
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return null;
  }
};

/** VoiceLink upstream notes, section 11. It signs nothing, and asks for no document: its bot knows the media endpoint. */
export const voicelinkCallbacks: CallbackSpec = {
  prove: () => 'none',
  hear: (fields) => {
    const [event, call] = [textIn(fields, 'event') ?? '', callIn(fields)];
    const state = EVENTS[event] ?? (ENDS.includes(event) ? endOf(call) : undefined);
    if (state === undefined) return null;
    const time =
      { in_progress: 'answeredAt', ringing: 'ringingAt', pending: 'startedAt' }[state as string] ?? 'endedAt';
    return {
      state,
      at: zonedTime(textIn(call, time) ?? textIn(fields, 'timestamp')),
      carrierId: null,
      callId: textIn(parametersIn(call), 'call_id'),
      durationSeconds: state === 'completed' ? secondsIn(call, 'durationSec', 'duration') : null,
      reason: state === 'failed' ? textIn(call, 'hangupReason', 'hangupCause') : null,
    };
  },
  handOver: () => asJson({}),
  hangUp: asJson({}),
  acknowledgement: NOTHING,
};
