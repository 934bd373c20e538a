import type { ReadinessState } from '@dialtone/domain';
import type { BindingStatus } from './api-types';

/** Makes work due; what requests from other services come to. */
export interface WorkTrigger {
  /** True when it became due; false when there is no such binding, or, with `key` null, no such active connection. */
  trigger(request: { readonly connectionId: string; readonly key: string | null }): Promise<boolean>;
}

/** Numbers for metrics, counted now. */
export interface WorkCounts {
  readonly bindingsDue: number;
  /** Age of the oldest due binding; 0 when none is due. */
  readonly oldestDueSeconds: number;
  readonly bindingsByOutcome: Readonly<Partial<Record<BindingStatus['outcome'], number>>>;
  readonly didsByState: Readonly<Partial<Record<ReadinessState, number>>>;
  readonly staleDids: number;
  readonly openDrifts: number;
  readonly unresolvedWrites: number;
  readonly heldConnections: number;
}

export interface WorkStats {
  counts(): Promise<WorkCounts>;
}
