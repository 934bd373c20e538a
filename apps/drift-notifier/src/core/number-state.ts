import type { IssueCode, ReceivedEvent } from '@dialtone/contracts';

/** The event types that tell whether a number is broken. */
export type NumberEvent = Extract<
  ReceivedEvent,
  {
    readonly type:
      | 'dialtone.drift.detected.v1'
      | 'dialtone.drift.changed.v1'
      | 'dialtone.drift.resolved.v1'
      | 'dialtone.readiness.changed.v1';
  }
>;

export interface OpenDrift {
  readonly driftId: string;
  readonly issues: readonly IssueCode[];
  /** ISO 8601 */
  readonly openedAt: string;
}

/** What is known of a number: as of the event with the highest `seq`. */
export interface NumberState {
  readonly seq: number;
  readonly drift: OpenDrift | null;
}

export interface Closed {
  readonly driftId: string;
  /** `fixed`, or why it is not looked at any more. */
  readonly how: string;
  /** ISO 8601 */
  readonly at: string;
}

export type Applied =
  /** Not newer than what is known. `since` corrects when the open drift began: the readiness topic does not tell it. */
  | { readonly kind: 'late'; readonly since: string | null }
  | {
      readonly kind: 'applied';
      readonly state: NumberState;
      readonly opened: OpenDrift | null;
      readonly closed: Closed | null;
      /** Numbers of `seq` between the event before and this one: of topics that are not read, or lost. */
      readonly skipped: number;
    };

const driftAfter = (known: OpenDrift | null, event: NumberEvent): OpenDrift | null => {
  const { data } = event;
  switch (event.type) {
    case 'dialtone.drift.resolved.v1':
      return null;
    case 'dialtone.drift.detected.v1':
    case 'dialtone.drift.changed.v1':
      return { driftId: event.data.drift_id, issues: data.issues, openedAt: event.data.opened_at };
    case 'dialtone.readiness.changed.v1': {
      const driftId = data.drift_id;
      if (driftId === undefined) return null;
      const openedAt = known?.driftId === driftId ? known.openedAt : data.occurred_at;
      return { driftId, issues: data.issues, openedAt };
    }
  }
};

const sinceOf = (known: OpenDrift | null, event: NumberEvent): string | null => {
  if (known === null || event.type === 'dialtone.readiness.changed.v1') return null;
  const { drift_id: driftId, opened_at: openedAt } = event.data;
  return driftId === known.driftId && openedAt !== known.openedAt ? openedAt : null;
};

const howOf = (event: NumberEvent): string => ('reason' in event.data ? (event.data.reason ?? 'fixed') : 'fixed');

const closedBy = (before: OpenDrift | null, event: NumberEvent): Closed | null =>
  before === null ? null : { driftId: before.driftId, how: howOf(event), at: event.data.occurred_at };

/**
 * Applies an event to what is known of its number. The topics are read side by side, so that their events may come in any order:
 * the highest `seq` counts, whichever topic it came from.
 */
export const applyToNumber = (known: NumberState | null, event: NumberEvent): Applied => {
  const { seq } = event.data;
  const before = known === null ? null : known.drift;
  if (known !== null && seq <= known.seq) return { kind: 'late', since: sinceOf(before, event) };
  const drift = driftAfter(before, event);
  const isSame = before?.driftId === drift?.driftId;
  return {
    kind: 'applied',
    state: { seq, drift },
    opened: isSame ? null : drift,
    closed: isSame ? null : closedBy(before, event),
    skipped: known === null ? 0 : seq - known.seq - 1,
  };
};
