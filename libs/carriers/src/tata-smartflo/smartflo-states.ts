import type { ReadState } from '../http/outcomes';
import { secondsIn, textIn } from '../http/read';
import type { CallState } from '../port';

const STATES: readonly (readonly [RegExp, CallState])[] = [
  [/busy/i, 'busy'],
  [/cancel/i, 'canceled'],
  [/missed|no.?answer/i, 'no_answer'],
  [/answer/i, 'completed'],
];
/** Q.850 causes. */
const CAUSES: Readonly<Record<string, CallState>> = { 17: 'busy', 18: 'no_answer', 19: 'no_answer' };

/** Of the record of a call that is over. */
export const overState = (row: unknown): ReadState | null => {
  const said = textIn(row, 'call_status', 'status');
  if (said === null) return null;
  const cause = textIn(row, 'hangup_cause', 'hangupcause_key', 'hangup_cause_description');
  const durationSeconds = secondsIn(row, 'billsec', 'call_duration', 'duration');
  const byWord = (word: string): CallState | undefined => STATES.find(([words]) => words.test(word))?.[1];
  if (byWord(said) === 'completed') return { state: 'completed', durationSeconds, reason: null };
  const state = CAUSES[textIn(row, 'hangupcause_code') ?? cause ?? ''] ?? byWord(cause ?? '') ?? byWord(said);
  return {
    state: state === undefined || state === 'completed' ? 'failed' : state,
    durationSeconds: null,
    reason: cause,
  };
};
