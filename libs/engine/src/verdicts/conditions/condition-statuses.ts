import type { ReadinessState } from '@dialtone/domain';
import type { BindingOutcome, ConditionStatus } from './condition';

/** The status of Ready. */
export const readyStatus = (state: ReadinessState): ConditionStatus => {
  if (state === 'UNKNOWN') return 'Unknown';
  return state === 'READY' ? 'True' : 'False';
};

type OutcomeCondition = 'Synced' | 'Progressing' | 'Stalled';

/** The statuses that follow from the outcome alone. */
export const OUTCOME_STATUSES: Readonly<Record<BindingOutcome, Readonly<Record<OutcomeCondition, ConditionStatus>>>> = {
  pending: { Synced: 'Unknown', Progressing: 'True', Stalled: 'False' },
  progressing: { Synced: 'False', Progressing: 'True', Stalled: 'False' },
  retry: { Synced: 'False', Progressing: 'True', Stalled: 'False' },
  settled: { Synced: 'True', Progressing: 'False', Stalled: 'False' },
  stalled: { Synced: 'False', Progressing: 'False', Stalled: 'True' },
};
