import type { CallOrder, CallReading, CallState } from '../port';
import type { CarrierHttp } from '../http/carrier-http';
import { readingOf, type ReadState } from '../http/outcomes';
import { digitsOf, secondsIn, textIn } from '../http/read';

/** The body of a call, for Plivo and for Vobiz, which speaks the same way. */
export const callBody = ({
  from,
  to,
  answerUrl,
  statusUrl,
  ringSeconds,
}: CallOrder): Readonly<Record<string, unknown>> => ({
  from: digitsOf(from),
  to: digitsOf(to),
  answer_url: answerUrl,
  answer_method: 'POST',
  ring_url: statusUrl,
  ring_method: 'POST',
  hangup_url: statusUrl,
  hangup_method: 'POST',
  ring_timeout: ringSeconds,
});

/** By the status of a call that is queued or live, and of a callback. */
export const PLIVO_STATES: Readonly<Record<string, CallState>> = {
  queued: 'pending',
  initiated: 'pending',
  ringing: 'ringing',
  'in-progress': 'in_progress',
  completed: 'completed',
  busy: 'busy',
  failed: 'failed',
  timeout: 'no_answer',
  'no-answer': 'no_answer',
  cancel: 'canceled',
};

/** Of a call that is queued or live. */
const liveState = (body: unknown): ReadState | null => {
  const state = PLIVO_STATES[textIn(body, 'call_status') ?? ''];
  return state === undefined ? null : { state, durationSeconds: null, reason: null };
};

/** By the words in which the record says why a call ended that was never answered. */
const CAUSES: readonly (readonly [RegExp, CallState])[] = [
  [/busy/i, 'busy'],
  [/no.?answer|timeout|timed out/i, 'no_answer'],
  [/cancel/i, 'canceled'],
];
const CODES: Readonly<Record<string, CallState>> = { 3010: 'busy' };

/** The answered call was led nowhere: the answer URL gave no 2xx, or no XML that Plivo reads. */
const LED_NOWHERE = ['7011', '8011'];

export const isLedNowhere = (code: string | null): boolean => code !== null && LED_NOWHERE.includes(code);

/** Of the record of a call that is over. */
export const recordState = (body: unknown): ReadState | null => {
  const cause = textIn(body, 'hangup_cause_name', 'hangup_cause');
  const code = textIn(body, 'hangup_cause_code');
  if (textIn(body, 'end_time') === null && cause === null && code === null) return null;
  if (isLedNowhere(code)) return { state: 'failed', ...silent(cause, code) };
  if (textIn(body, 'answer_time') === null) return { state: unansweredState(cause, code), ...silent(cause, code) };
  const durationSeconds = secondsIn(body, 'bill_duration', 'billsec', 'call_duration', 'duration');
  return { state: 'completed', durationSeconds, reason: null };
};

export const unansweredState = (cause: string | null, code: string | null): CallState =>
  CODES[code ?? ''] ?? CAUSES.find(([words]) => words.test(cause ?? ''))?.[1] ?? 'failed';

const silent = (cause: string | null, code: string | null): Omit<ReadState, 'state'> => {
  const reason = [cause, code === null ? null : `(${code})`].filter((part) => part !== null).join(' ');
  return { durationSeconds: null, reason: reason === '' ? null : reason };
};

/** A live call, else one that waits: each is at an address of its own. `not_found` when it is neither. */
export const readUnfinished = async (http: CarrierHttp, path: string): Promise<CallReading> => {
  const ask = async (status: string): Promise<CallReading> =>
    readingOf(await http.send({ what: 'read a call', method: 'GET', path, query: { status } }), liveState);
  const live = await ask('live');
  return live.kind === 'not_found' ? ask('queued') : live;
};
