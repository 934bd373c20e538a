import type { DriftId } from './ids';
import { type Issue } from './issues';
import { type ReadinessState } from './readiness';

/** An open difference between what should be and what is. Times are epoch ms. */
export interface OpenDrift {
  readonly id: DriftId;
  readonly openedAt: number;
  readonly issues: readonly Issue[];
}

/** What a new complete verdict means for the drift of its key. */
export type DriftChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'opened'; readonly issues: readonly Issue[]; readonly state: ReadinessState }
  | {
      readonly kind: 'changed';
      readonly drift: OpenDrift;
      readonly issues: readonly Issue[];
      readonly state: ReadinessState;
    }
  | { readonly kind: 'resolved'; readonly drift: OpenDrift };
