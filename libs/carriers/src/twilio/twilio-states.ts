import type { CallState } from '../port';

/** By the status of a record and of a callback, which also has the events' names. */
export const TWILIO_STATES: Readonly<Record<string, CallState>> = {
  queued: 'pending',
  initiated: 'pending',
  ringing: 'ringing',
  'in-progress': 'in_progress',
  answered: 'in_progress',
  completed: 'completed',
  busy: 'busy',
  failed: 'failed',
  'no-answer': 'no_answer',
  canceled: 'canceled',
};
