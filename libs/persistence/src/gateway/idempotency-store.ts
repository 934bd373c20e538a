import type { PartnerId } from '@dialtone/domain';
import type { EarlierAttempts, IdempotentAttempt } from '../on-behalf-of';

/** What a request was answered with, to be answered again. */
export interface KeptAnswer {
  readonly status: number;
  /** Only those that belong to the answer, such as ETag and Location. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; null for an answer without a body. */
  readonly body: string | null;
  /** The body holds a secret: it is sealed while it is kept. */
  readonly isSecret?: boolean;
}

/**
 * Of answers longer than this that were never committed, a partner's last ones are kept and the others forgotten: the
 * answer of a sync may have tens of megabytes, and there may be one a second.
 */
export const LONG_ANSWER_BYTES = 1024 * 1024;

export const LONG_ANSWERS_KEPT = 10;

/** What a kept answer takes up besides its body: key, digest, headers and their indexes. */
export const KEPT_ANSWER_OVERHEAD = 512;

/**
 * What an answer counts towards the quota `kept_answer_bytes`, until the end of the hour in which it expires. Long ones that
 * were never committed do not count: they are ten at most.
 */
export const bytesOfKept = ({ body }: Pick<KeptAnswer, 'body'>, isCommitted: boolean): number => {
  const bytes = body === null ? 0 : Buffer.byteLength(body);
  return !isCommitted && bytes > LONG_ANSWER_BYTES ? 0 : bytes + KEPT_ANSWER_OVERHEAD;
};

export type IdempotencyClaim =
  /** The caller answers the request. `earlier`: attempts that may have done all or some of it; null: there were none. */
  | { readonly kind: 'started'; readonly attempt: IdempotentAttempt; readonly earlier: EarlierAttempts | null }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  /** Another request with this key is running. */
  | { readonly kind: 'running' }
  /** In doubt: an attempt ended without an answer after it had begun what must not be done twice. */
  | { readonly kind: 'lost' }
  /** The answer was sealed, and no key of this deployment opens it. */
  | { readonly kind: 'unreadable' }
  /** The key was used for another request. */
  | { readonly kind: 'reused' };

/**
 * Answers by idempotency key, per partner, for 24 hours. Requests are kept as a peppered digest only: they may hold
 * passwords. An attempt counts as running for `ttlMs` after its claim or last renewal, by the database clock.
 */
export interface IdempotencyStore {
  /** `request` is everything that makes two requests the same one, as text. */
  claim(input: {
    readonly partnerId: PartnerId;
    readonly key: string;
    readonly request: string;
    readonly ttlMs: number;
    /** Names this attempt in the history. */
    readonly requestId: string;
    /**
     * The quota of bytes of kept answers, unless the operator has set another one; any number unless given. Throws
     * QuotaReachedError for a new key when they are used up; answers that are kept are still given.
     */
    readonly atMost?: number;
  }): Promise<IdempotencyClaim>;
  /** Goes on running. Does nothing for an attempt that has been replaced or answered. */
  renew(attempt: IdempotentAttempt, ttlMs: number): Promise<void>;
  /**
   * To be called before what must not be done twice: from now on no other attempt takes over. False when one already has:
   * then it must not be done.
   */
  commit(attempt: IdempotentAttempt): Promise<boolean>;
  keep(attempt: IdempotentAttempt, answer: KeptAnswer): Promise<void>;
  /** Nothing was done: the key is free again, for any request. */
  release(attempt: IdempotentAttempt): Promise<void>;
  /**
   * Ended without an answer: `lost` if it was committed. Otherwise free again for any request, and the same one is told of
   * the attempt.
   */
  abandon(attempt: IdempotentAttempt): Promise<void>;
}
