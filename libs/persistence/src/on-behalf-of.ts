import { AsyncLocalStorage } from 'node:async_hooks';
import type { PartnerId } from '@dialtone/domain';
import { RECONCILER, type Author } from '@dialtone/engine';

export interface BehalfOptions {
  /** The work takes something away: it goes before other work of the partner, and has places of its own to wait. */
  readonly cleansUp?: boolean;
  /** Who asks, for the history of what the work changes. */
  readonly author?: Author;
}

interface Behalf extends Required<BehalfOptions> {
  readonly partnerId: PartnerId;
}

const behalf = new AsyncLocalStorage<Behalf>();

/**
 * Counts the database work that `work` begins, and all that follows from it, towards the partner's share of the pool. Work
 * outside of it (the reconciler's, look-ups of keys, health) has no share to keep to.
 */
export const onBehalfOf = <T>(
  partnerId: PartnerId,
  work: () => T,
  { cleansUp = false, author = RECONCILER }: BehalfOptions = {},
): T => behalf.run({ partnerId, cleansUp, author }, work);

/** The partner whose work this is; undefined for work of none. */
export const currentBehalf = (): Behalf | undefined => behalf.getStore();

/** Whose work this is, for the history. */
export const currentAuthor = (): Author => behalf.getStore()?.author ?? RECONCILER;

/** The same of what an actor does who is named. */
export const authorNamed = (actor: string, manager: string | null = null): Author => ({
  ...currentAuthor(),
  actor,
  manager,
});
