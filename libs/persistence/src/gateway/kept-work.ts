import { json, hit, type Queryable } from '../db';
import { currentBehalf } from '../on-behalf-of';

/** Another attempt at the same request has taken over, and does the work: nothing of this one may be committed. */
export class AttemptReplacedError extends Error {
  constructor() {
    super('Another attempt at this request has taken over.');
    this.name = 'AttemptReplacedError';
  }
}

/**
 * What an earlier attempt at the request that is worked on has done, as it was kept; null: nothing, so that it is to be done. Only for
 * work that `keepWork` keeps in its one transaction.
 */
export const keptWork = (): unknown => currentBehalf()?.earlier?.work ?? null;

/**
 * Keeps what is done, a JSON value that is not null, with the idempotency key of the request, in the transaction that does it: so a
 * repetition knows whether it was done, whenever the process ended. Throws AttemptReplacedError. Does nothing for a request without a
 * key. Returns it.
 */
export const keepWork = async <T>(tx: Queryable, work: T): Promise<T> => {
  const attempt = currentBehalf()?.attempt ?? null;
  if (attempt === null) return work;
  const isKept = await hit(
    tx,
    `update idempotency_keys set work = $4 where partner_id = $1 and key = $2 and attempt = $3 returning 1`,
    [attempt.partnerId, attempt.key, attempt.id, json(work)],
  );
  if (!isKept) throw new AttemptReplacedError();
  return work;
};
