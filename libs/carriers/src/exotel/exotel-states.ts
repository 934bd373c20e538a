import type { CallState } from '../port';

/** `in-progress` is what Exotel answers at once, long before a phone rings: it says no more than that the call was taken. */
export const EXOTEL_STATES: Readonly<Record<string, CallState>> = {
  queued: 'pending',
  'in-progress': 'pending',
  ringing: 'ringing',
  completed: 'completed',
  busy: 'busy',
  failed: 'failed',
  'no-answer': 'no_answer',
  canceled: 'canceled',
};
