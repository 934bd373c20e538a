import { READINESS_STATES, type ReadinessState, type RestraintReason } from '@dialtone/domain';
import type { OutcomeKind } from '../../ports/outcome';
import { STALL_REASONS, type StallReason } from '../../ports/outcome';

/** In the order in which they are shown. */
export const CONDITION_TYPES = ['Ready', 'Synced', 'Progressing', 'Stalled', 'DataFresh', 'WritesAllowed'] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

export const CONDITION_STATUSES = ['True', 'False', 'Unknown'] as const;
export type ConditionStatus = (typeof CONDITION_STATUSES)[number];

export type BindingOutcome = OutcomeKind | 'pending';

/** How the last reconcile stands, as a reason. */
export const OUTCOME_REASONS = {
  pending: 'PENDING',
  settled: 'SETTLED',
  progressing: 'WAITING',
  retry: 'RETRYING',
  stalled: 'STALLED',
} as const satisfies Readonly<Record<BindingOutcome, string>>;

export const FRESHNESS_REASONS = ['FRESH', 'NOT_OBSERVED', 'LOOK_INCOMPLETE', 'TOO_OLD', 'DISCONNECTED'] as const;

/** How WritesAllowed names what `writesDeniedBy` found. */
export const RESTRAINT_CODES = {
  mode_observe: 'MODE_OBSERVE',
  mode_create_only: 'MODE_CREATE_ONLY',
  writes_held: 'WRITES_HELD',
  paused: 'PAUSED',
  window_closed: 'WINDOW_CLOSED',
  contested: 'CONTESTED',
  not_converging: 'NOT_CONVERGING',
  dry_run: 'DRY_RUN',
} as const satisfies Readonly<Record<RestraintReason, string>>;

export const WRITES_REASONS = ['ALLOWED', 'DISCONNECTED', ...Object.values(RESTRAINT_CODES)] as const;

type OutcomeReason = (typeof OUTCOME_REASONS)[BindingOutcome];

/** All reasons of each condition. The list is closed: another reason is a change of the API. */
export const CONDITION_REASONS = {
  Ready: READINESS_STATES,
  Synced: Object.values(OUTCOME_REASONS),
  Progressing: Object.values(OUTCOME_REASONS),
  Stalled: [...Object.values(OUTCOME_REASONS).filter((reason) => reason !== OUTCOME_REASONS.stalled), ...STALL_REASONS],
  DataFresh: FRESHNESS_REASONS,
  WritesAllowed: WRITES_REASONS,
} as const satisfies Readonly<Record<ConditionType, readonly string[]>>;

export type ConditionReason =
  ReadinessState | OutcomeReason | StallReason | (typeof FRESHNESS_REASONS)[number] | (typeof WRITES_REASONS)[number];

/** One thing that is true or not about a declaration. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: ConditionStatus;
  readonly reason: ConditionReason;
  /** For people; may be reworded at any time. */
  readonly message: string;
  /** The generation that it speaks of. */
  readonly observedGeneration: number;
  /** Since when it has this status, epoch ms. */
  readonly lastTransitionAt: number;
}
