import type { CallStatus } from './call-status';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long a call may ring before the carrier ends it, seconds. */
export const RING_SECONDS = 45;

/** What a call is like while it is not over. */
type LiveStatus = Extract<CallStatus, 'pending' | 'ringing' | 'in_progress'>;

interface Patience {
  /** How long a call may be silent before the carrier is asked, ms. */
  readonly silentFor: number;
  /** For how long a silent call still counts as one that takes up a line, ms. */
  readonly activeFor: number;
  /** When a call whose carrier cannot be asked is given up, ms of silence. */
  readonly lostAfter: number;
}

/** Carriers end a call that is not answered within a minute, and one that is after four hours. */
const PATIENCE: Readonly<Record<LiveStatus, Patience>> = {
  pending: { silentFor: (RING_SECONDS + 30) * SECOND, activeFor: 10 * MINUTE, lostAfter: HOUR },
  ringing: { silentFor: (RING_SECONDS + 30) * SECOND, activeFor: 10 * MINUTE, lostAfter: HOUR },
  in_progress: { silentFor: 5 * MINUTE, activeFor: 4 * HOUR + 10 * MINUTE, lostAfter: 5 * HOUR },
};
const NEXT_LOOK = { first: 30 * SECOND, most: 15 * MINUTE };
/** A carrier that does not know its own call for so long will not know it later. */
const LOST_AFTER_ASKING = 24 * HOUR;

const patienceWith = (status: CallStatus): Patience | null =>
  status in PATIENCE ? PATIENCE[status as LiveStatus] : null;

/** After how long, in ms, a call is looked at of which nothing more is heard; null: it is over. */
export const silentFor = (status: CallStatus): number | null => patienceWith(status)?.silentFor ?? null;

/** For how long, in ms, a call of which nothing more is heard counts against the limits; 0: it is over. */
export const activeFor = (status: CallStatus): number => patienceWith(status)?.activeFor ?? 0;

export interface SilentCall {
  readonly status: CallStatus;
  /** How long nothing was heard, ms. */
  readonly silentMs: number;
  /** How often it was looked at in that time, this time included. */
  readonly looks: number;
  /** Whether the carrier can be asked: it has a request for that, and has told its id of the call. */
  readonly canBeAsked: boolean;
}

/** `lost`: it cannot be known what became of the call. */
export type NextLook = { readonly kind: 'again'; readonly afterMs: number } | { readonly kind: 'lost' };

/** What follows a look that told nothing. The calls that are over are not looked at. */
export const afterSilence = ({ status, silentMs, looks, canBeAsked }: SilentCall): NextLook => {
  const lostAfter = canBeAsked ? LOST_AFTER_ASKING : (patienceWith(status)?.lostAfter ?? 0);
  if (silentMs >= lostAfter) return { kind: 'lost' };
  const backoff = Math.min(NEXT_LOOK.most, NEXT_LOOK.first * 2 ** Math.min(looks, 20));
  return { kind: 'again', afterMs: canBeAsked ? Math.min(backoff, lostAfter - silentMs) : lostAfter - silentMs };
};
