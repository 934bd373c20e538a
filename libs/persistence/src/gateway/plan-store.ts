import type { NumberedBasis, PartnerId } from '@dialtone/domain';

/** How long what a plan stood on is kept, ms. */
export const PLAN_KEPT_MS = 24 * 60 * 60 * 1_000;
/** Plans of one partner that are kept; the oldest go first. */
export const PLANS_KEPT = 50;

/**
 * What plans stood on. A plan is checked by planning again, so one that is forgotten is checked all the same; only what has
 * changed is then not known number by number.
 */
export interface PlanStore {
  /** Forgets what is too old or too much. Remembering the same again renews it. */
  remember(partnerId: PartnerId, hash: string, numbers: readonly NumberedBasis[]): Promise<void>;
  /** Null: it was never made by this partner, or is forgotten. */
  recall(partnerId: PartnerId, hash: string): Promise<readonly NumberedBasis[] | null>;
}
