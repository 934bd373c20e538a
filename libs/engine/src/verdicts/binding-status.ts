import { planEntry, planText } from './history/plan-entry';
import type { ClaimedBinding, StallStatus } from '../ports/binding-queue';
import type { HistoryEntry } from '../ports/history';
import type { Course, Outcome, OutcomeKind, StallReason } from '../ports/outcome';

/** How the reconciling of a binding stands. */
export interface ReconcileStatus {
  readonly outcome: OutcomeKind | 'pending';
  /** What it waits for, what failed, or what to do; null when settled. */
  readonly message: string | null;
  /** Attempts since the last settled outcome; a known wait is none. */
  readonly attempts: number;
  /** Looks in a row that found the same stall and nothing else triggered: the longer, the later the next one. */
  readonly stalls: number;
  /** Generation that the last completed reconcile worked on; 0 before the first. */
  readonly observedGeneration: number;
}

/** A binding's row as it is while it is locked. */
export interface LockedBinding extends ReconcileStatus {
  readonly generation: number;
  /** Goes up with every trigger. */
  readonly triggerSeq: bigint;
  /** Text of the last plan that was made; null: none was. */
  readonly plan: string | null;
  /** See `RepairMemory`. */
  readonly countFrom: number;
  /** True: its number's verdict flaps, and what follows from each change of it is not told. */
  readonly flaps?: boolean;
}

/** A status as events have told it. */
export type ToldStatus = Pick<ReconcileStatus, 'outcome' | 'message'>;

/** Another declaration starts over: no back-off, and pending until its generation has been worked on. */
export const STARTING_OVER = {
  outcome: 'pending',
  message: null,
  attempts: 0,
  stalls: 0,
} as const satisfies Partial<ReconcileStatus>;

/** No loop claims the bindings of a disconnected connection, so this is the last status that they get. */
export const STALLED_BY_DISCONNECT = {
  outcome: 'stalled',
  message:
    'The connection is disconnected: declare the number on an active connection, which moves this binding there.',
} as const satisfies Partial<ReconcileStatus>;

/** Stalled on something else is another stall, and starts over. */
export const stallsAfter = (before: StallStatus, now: Pick<ReconcileStatus, 'outcome' | 'message'>): number => {
  if (now.outcome !== 'stalled') return 0;
  return before.outcome === 'stalled' && before.message === now.message ? before.stalls + 1 : 1;
};

export interface Completion {
  readonly status: ReconcileStatus;
  /** Outcome or message differ from those before: one event. */
  readonly isNews: boolean;
  /** They do, and it is told when the verdict does not flap any more. The first of a declaration is told all the same. */
  readonly isWithheld: boolean;
  /** It was withdrawn, and nothing is left to do: the binding ends. */
  readonly isReleased: boolean;
  /** Text of the last plan. */
  readonly plan: string | null;
  /** The entry of another plan or outcome, or of what was done; or none. */
  readonly history: readonly HistoryEntry[];
  /** The binding was triggered during the work. */
  readonly isTriggered: boolean;
  /** Until the binding is due again. */
  readonly delayMs: number;
}

/** What a reconcile came to, its message as it can be stored. */
export interface ReconcileResult {
  readonly outcome: OutcomeKind;
  readonly message: string | null;
  /** Of a stall; null: only the message tells, or it is none. */
  readonly reason?: StallReason | null;
  /** Null or absent: it ended before there was a plan. */
  readonly course?: Course | null;
}

const plannedBy = (
  binding: ClaimedBinding['binding'],
  current: LockedBinding,
  { outcome, message, reason = null, course = null }: ReconcileResult,
): Pick<Completion, 'plan' | 'history'> => {
  const plan = planText(course) ?? current.plan;
  const entry = planEntry({ binding, before: current, after: { outcome, message, reason, plan }, course });
  return { plan, history: entry === null ? [] : [entry] };
};

/**
 * What the outcome of a claimed binding makes of its row.
 *
 * @param delayMs until the next look, unless the binding was triggered during the work: then it is due at once
 */
export const completionOf = (
  { binding, triggerSeq }: ClaimedBinding,
  current: LockedBinding,
  result: ReconcileResult,
  delayMs: number,
): Completion => {
  const { outcome, message } = result;
  const isTriggered = current.triggerSeq !== triggerSeq;
  const observedGeneration = Math.max(current.observedGeneration, binding.generation);
  const rest = { isTriggered, delayMs: isTriggered ? 0 : delayMs, ...plannedBy(binding, current, result) };
  if (current.generation !== binding.generation) {
    // The declaration was changed during the work: its status stays as the change left it.
    const { outcome: pending, message: none } = current;
    return {
      status: { outcome: pending, message: none, attempts: 0, stalls: 0, observedGeneration },
      ...{ isNews: false, isWithheld: false },
      isReleased: false,
      ...rest,
    };
  }
  const attempts = attemptsAfter(outcome, current.attempts);
  const stalls = isTriggered ? 0 : stallsAfter(current, { outcome, message });
  return {
    status: { outcome, message, attempts, stalls, observedGeneration },
    ...newsOf(current, { outcome, message }),
    isReleased: binding.releasing !== undefined && outcome === 'settled',
    ...rest,
  };
};

const newsOf = (current: LockedBinding, reached: ToldStatus): Pick<Completion, 'isNews' | 'isWithheld'> => {
  const differs = isOtherStatus(current, reached);
  const isWithheld = differs && current.flaps === true && current.outcome !== 'pending';
  return { isNews: differs && !isWithheld, isWithheld };
};

export const isOtherStatus = (a: ToldStatus, b: ToldStatus): boolean =>
  a.outcome !== b.outcome || a.message !== b.message;

/** A known wait is no failed attempt: it neither resets the back-off nor lengthens it. */
const attemptsAfter = (outcome: OutcomeKind, attempts: number): number => {
  if (outcome === 'settled') return 0;
  return outcome === 'progressing' ? attempts : attempts + 1;
};

/** Null: only the message tells, or it is no stall. */
export const stallReasonOf = (outcome: Outcome): StallReason | null =>
  outcome.kind === 'stalled' ? (outcome.reason ?? null) : null;

/** What the outcome tells the partner; null when there is nothing left to do. */
export const messageOf = (outcome: Outcome): string | null => {
  switch (outcome.kind) {
    case 'settled':
      return null;
    case 'progressing':
      return outcome.reason;
    case 'retry':
      return outcome.error;
    case 'stalled':
      return outcome.message;
  }
};
