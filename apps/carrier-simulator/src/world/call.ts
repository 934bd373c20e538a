import type { Provider } from './provider';

/** The life of a call, whatever a carrier calls its states. */
export const PHASES = [
  'queued',
  'ringing',
  'in_progress',
  'completed',
  'busy',
  'no_answer',
  'canceled',
  'failed',
] as const;
export type Phase = (typeof PHASES)[number];

const RANK: Readonly<Record<Phase, number>> = {
  queued: 0,
  ringing: 1,
  in_progress: 2,
  completed: 3,
  busy: 3,
  no_answer: 3,
  canceled: 3,
  failed: 3,
};

export const isOver = (phase: Phase): boolean => RANK[phase] === 3;
export const isBefore = (one: Phase, other: Phase): boolean => RANK[one] < RANK[other];

/** Why a call came to nothing; each carrier has its own code for it. */
export type Cause = 'caller_id' | 'no_answer_document' | 'not_a_document' | 'trunk_credentials' | 'other';

/** What the caller's server said is to be done with the answered call. */
export interface Handover {
  /** The media endpoint; null when the document names none. */
  readonly mediaUrl: string | null;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Call {
  /** Who asked for it: a request of the customer, or a caller of one of its numbers. */
  readonly direction: 'outbound' | 'inbound';
  /** The carrier's id. */
  readonly id: string;
  /** Where a carrier has a second one for the same call; otherwise equal to `id`. */
  readonly otherId: string;
  readonly provider: Provider;
  readonly accountKey: string;
  /** Digits. */
  readonly from: string;
  readonly to: string;
  /** The fields of the request, as they were sent. A form field that repeats is a list. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** Epoch ms of the simulator's clock. */
  readonly createdAt: number;
  phase: Phase;
  ringingAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  cause: Cause | null;
  handover: Handover | null;
  /** Callbacks made so far. */
  sequence: number;
}

/** Seconds of talk so far or altogether; 0 before the answer. */
export const secondsOf = (call: Call, now: number): number =>
  call.answeredAt === null ? 0 : Math.round(((call.endedAt ?? now) - call.answeredAt) / 1000);

/** A form or JSON field of the request as text; "" when it was not sent. */
export const asked = (call: Pick<Call, 'asked'>, name: string): string => {
  const value = call.asked[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};
