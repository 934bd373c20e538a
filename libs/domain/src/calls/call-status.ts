/** The states of a call that the public API knows. */
export const CALL_STATUSES = [
  'pending',
  'ringing',
  'in_progress',
  'completed',
  'failed',
  'no_answer',
  'busy',
  'canceled',
] as const;

export type CallStatus = (typeof CALL_STATUSES)[number];

const OVER = 3;

/** How far a call has come. A call never goes back, and all ends are equally far. */
const RANKS: Readonly<Record<CallStatus, number>> = {
  pending: 0,
  ringing: 1,
  in_progress: 2,
  completed: OVER,
  failed: OVER,
  no_answer: OVER,
  busy: OVER,
  canceled: OVER,
};

export const isCallOver = (status: CallStatus): boolean => RANKS[status] === OVER;

/** Whether `later` says more about a call than `earlier`: an end is never replaced by another one. */
export const isFurther = (later: CallStatus, earlier: CallStatus): boolean => RANKS[later] > RANKS[earlier];

/** The states of a call that takes up a line. */
export const LIVE_STATUSES = CALL_STATUSES.filter((status) => !isCallOver(status));
