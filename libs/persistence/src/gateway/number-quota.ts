import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { hit, type Queryable } from '../db';
import { quotaOf } from './partner-quotas.store';
import { QuotaReachedError } from './quotas';

/**
 * Throws QuotaReachedError if these numbers would give the partner more rows than it may have, active or not, whichever
 * connections they are on. Runs under the partner's lock. Rows that VoiceLink's lists made count too, and are never refused.
 */
export const refuseMoreNumbers = async (
  tx: Queryable,
  place: { readonly partnerId: PartnerId; readonly connectionId: ConnectionId },
  keys: readonly DidKey[],
  configured?: number,
): Promise<void> => {
  const { partnerId, connectionId } = place;
  const atMost = await quotaOf(tx, partnerId, 'phone_numbers', configured);
  if (atMost === Infinity) return;
  const isTooMany = await hit(
    tx,
    `with missing as (
       select count(*) as n from unnest($3::text[]) as given (key)
        where (select true from phone_numbers p where p.connection_id = $2 and p.key = given.key) is null
     )
     select 1 from missing where n > 0 and n + (select count(*) from phone_numbers where partner_id = $1) > $4`,
    [partnerId, connectionId, keys, atMost],
  );
  if (isTooMany) throw new QuotaReachedError('phone_numbers', atMost);
};
