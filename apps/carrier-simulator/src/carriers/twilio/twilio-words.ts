import type { Phase } from '../../world/call';

export const TWILIO_STATES: Readonly<Record<Phase, string>> = {
  queued: 'queued',
  ringing: 'ringing',
  in_progress: 'in-progress',
  completed: 'completed',
  busy: 'busy',
  no_answer: 'no-answer',
  canceled: 'canceled',
  failed: 'failed',
};

/** RFC 2822, as Twilio writes times. */
export const twilioDate = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000');
