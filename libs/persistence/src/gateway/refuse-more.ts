import type { PartnerId } from '@dialtone/domain';
import type { Queryable } from '../db';
import { quotaOf, usedOf } from './partner-quotas.store';
import { type Quota, QuotaReachedError } from './quotas';

/** Throws QuotaReachedError if the partner has as much as it may. Runs under the partner's lock, before one more is written. */
export const refuseMore = async (
  tx: Queryable,
  partnerId: PartnerId,
  quota: Quota,
  configured?: number,
): Promise<void> => {
  const atMost = await quotaOf(tx, partnerId, quota, configured);
  if (atMost === Infinity) return;
  if ((await usedOf(tx, partnerId, quota)) >= atMost) throw new QuotaReachedError(quota, atMost);
};
