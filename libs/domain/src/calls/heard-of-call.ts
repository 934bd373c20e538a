import { isFurther, isCallOver, type CallStatus } from './call-status';

/** What is known of a call that was asked for. Times are epoch ms. */
export interface KnownOfCall {
  readonly status: CallStatus;
  /** By which the carrier's API knows the call; null while it has told none. */
  readonly carrierId: string | null;
  /** When it was answered. */
  readonly answeredAt: number | null;
  readonly endedAt: number | null;
  /** As the carrier counts it, in seconds; only of a completed call. */
  readonly durationSeconds: number | null;
  /** Why it was not completed, in the carrier's words. */
  readonly errorMessage: string | null;
}

/** One thing that a carrier said about a call. */
export interface HeardOfCall {
  /** `answer`: to the request that asked for the call; `poll`: to the question how it stands; `callback`: by itself. */
  readonly source: 'answer' | 'callback' | 'poll';
  readonly status: CallStatus;
  /** When it came to be so, epoch ms, by the carrier if it says so. */
  readonly at: number;
  /** As the carrier's API takes it. */
  readonly carrierId?: string | null;
  readonly durationSeconds?: number | null;
  readonly error?: string | null;
}

/**
 * What is known of a call once this was heard, too. Carriers repeat themselves, and what they say comes late and in any order:
 * the status only moves forward, the first end that is heard stays, and all else comes out the same in whatever order it is heard,
 * and however often. The very object `known` when nothing is new.
 */
export const afterHearing = (known: KnownOfCall, heard: HeardOfCall): KnownOfCall => {
  const status = isFurther(heard.status, known.status) ? heard.status : known.status;
  const next = { ...known, status, carrierId: carrierIdOf(known, heard), ...timesOf(known, heard, status) };
  return isSame(known, next) ? known : next;
};

type Facts = Pick<KnownOfCall, 'answeredAt' | 'endedAt' | 'durationSeconds' | 'errorMessage'>;

const timesOf = (known: KnownOfCall, heard: HeardOfCall, status: CallStatus): Facts => {
  const { answeredAt, endedAt, durationSeconds, errorMessage } = known;
  if (heard.status === 'in_progress')
    return { answeredAt: earlier(answeredAt, heard.at), endedAt, durationSeconds, errorMessage };
  // What belongs to another end than the one that stands says nothing about this call.
  if (!isCallOver(heard.status) || heard.status !== status)
    return { answeredAt, endedAt, durationSeconds, errorMessage };
  const isCompleted = status === 'completed';
  return {
    answeredAt,
    endedAt: earlier(endedAt, heard.at),
    durationSeconds: isCompleted ? longer(durationSeconds, heard.durationSeconds ?? null) : durationSeconds,
    errorMessage: isCompleted ? errorMessage : fuller(errorMessage, heard.error ?? null),
  };
};

/** The answer names the call that was asked for; what a callback names may be forged. */
const carrierIdOf = ({ carrierId }: KnownOfCall, heard: HeardOfCall): string | null =>
  heard.source === 'answer' ? (heard.carrierId ?? carrierId) : (carrierId ?? heard.carrierId ?? null);

const earlier = (a: number | null, b: number): number => (a === null ? b : Math.min(a, b));

/** Carriers settle a duration after the end, and say too little before. */
const longer = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/** Of two texts the longer one, and of equally long ones the one that sorts first. */
const fuller = (a: string | null, b: string | null): string | null => {
  if (a === null || b === null) return a ?? b;
  if (a.length !== b.length) return a.length > b.length ? a : b;
  return a < b ? a : b;
};

const FACTS = ['status', 'carrierId', 'answeredAt', 'endedAt', 'durationSeconds', 'errorMessage'] as const;

const isSame = (a: KnownOfCall, b: KnownOfCall): boolean => FACTS.every((fact) => a[fact] === b[fact]);

/** What is shown of a call: when it was answered, and for how long, as far as it can be told. */
export interface CallTimes {
  /** When it was answered, epoch ms. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly durationSeconds: number | null;
}

/** A carrier that tells only one of answer and duration tells the other one by the end. */
export const callTimes = ({ status, answeredAt, endedAt, durationSeconds }: KnownOfCall): CallTimes => {
  if (status !== 'completed' || endedAt === null) return { startedAt: answeredAt, endedAt, durationSeconds };
  if (answeredAt === null) {
    return { startedAt: durationSeconds === null ? null : endedAt - durationSeconds * 1_000, endedAt, durationSeconds };
  }
  const seen = Math.max(0, Math.round((endedAt - answeredAt) / 1_000));
  return { startedAt: answeredAt, endedAt, durationSeconds: durationSeconds ?? seen };
};

/** `at` within the life of the call: a carrier's clock, or its time zone, may be wrong. */
export const withinLife = (
  at: number,
  { createdAt, now }: { readonly createdAt: number; readonly now: number },
): number => (Number.isFinite(at) ? Math.min(now, Math.max(createdAt, at)) : now);
