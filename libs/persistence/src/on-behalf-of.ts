import { AsyncLocalStorage } from 'node:async_hooks';
import type { PartnerId } from '@dialtone/domain';
import { RECONCILER, type Author } from '@dialtone/engine';

export interface BehalfOptions {
  /** The work takes something away: it goes before other work of the partner, and has places of its own to wait. */
  readonly cleansUp?: boolean;
  /** Who asks, for the history of what the work changes. */
  readonly author?: Author;
  /** Told how long each use of a database connection took, ms. */
  readonly tookDatabase?: (ms: number) => void;
}

/** Attempts at the same request that ended without an answer. */
export interface EarlierAttempts {
  readonly since: Date;
  /** Under which they are named in the history. */
  readonly requestIds: readonly string[];
  /** What `keepWork` kept of them; null: nothing was committed of work that keeps something. */
  readonly work: unknown;
}

/** One try at answering a request that came with an idempotency key. */
export interface IdempotentAttempt {
  readonly partnerId: PartnerId;
  readonly key: string;
  /** UUID: tells this try from a later one under the same key. */
  readonly id: string;
}

interface Behalf extends Required<BehalfOptions> {
  readonly partnerId: PartnerId;
  /** Null: the request has no idempotency key. */
  readonly attempt: IdempotentAttempt | null;
  /** Null: this is the first. */
  readonly earlier: EarlierAttempts | null;
}

const UNHEARD = (): void => undefined;

const behalf = new AsyncLocalStorage<Behalf>();

/**
 * Counts the database work that `work` begins, and all that follows from it, towards the partner's share of the pool. Work
 * outside of it (the reconciler's, look-ups of keys, health) has no share to keep to.
 */
export const onBehalfOf = <T>(
  partnerId: PartnerId,
  work: () => T,
  { cleansUp = false, author = RECONCILER, tookDatabase = UNHEARD }: BehalfOptions = {},
): T => behalf.run({ partnerId, cleansUp, author, tookDatabase, attempt: null, earlier: null }, work);

/** What `work` is asked to do may have been done by an earlier attempt: then stores tell what that did. */
export const inAttempt = <T>(attempt: IdempotentAttempt, earlier: EarlierAttempts | null, work: () => T): T => {
  const current = behalf.getStore();
  return current === undefined ? work() : behalf.run({ ...current, attempt, earlier }, work);
};

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
