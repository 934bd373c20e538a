import type { Call, Cause, Phase } from '../../world/call';

/** The states of Plivo, and of Vobiz. */
export const PLIVO_STATES: Readonly<Record<Phase, string>> = {
  queued: 'queued',
  ringing: 'ringing',
  in_progress: 'in-progress',
  completed: 'completed',
  busy: 'busy',
  no_answer: 'no-answer',
  canceled: 'cancel',
  failed: 'failed',
};

interface HangUp {
  readonly code: number;
  readonly name: string;
  readonly source: string;
}

const BY_CAUSE: Readonly<Record<Cause, HangUp>> = {
  caller_id: { code: 3030, name: 'Invalid Caller ID', source: 'Plivo' },
  no_answer_document: { code: 7011, name: 'Error Reaching Answer URL', source: 'Error' },
  not_a_document: { code: 8011, name: 'Invalid Answer XML', source: 'Error' },
  trunk_credentials: { code: 2000, name: 'Unknown', source: 'Carrier' },
  other: { code: 2000, name: 'Unknown', source: 'Carrier' },
};

const BY_PHASE: Readonly<Partial<Record<Phase, HangUp>>> = {
  completed: { code: 4000, name: 'Normal Hangup', source: 'Callee' },
  busy: { code: 3010, name: 'Busy Line', source: 'Callee' },
  no_answer: { code: 3000, name: 'No Answer', source: 'Callee' },
  canceled: { code: 1010, name: 'Cancelled', source: 'API Request' },
};

/** Why the call is over. */
export const hangUpOf = ({ phase, cause }: Call): HangUp =>
  (cause === null ? BY_PHASE[phase] : undefined) ?? BY_CAUSE[cause ?? 'other'];

/** "2026-11-30 08:15:00+00:00" */
export const plivoDate = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString().replace('T', ' ').replace(/\..*$/, '+00:00');
