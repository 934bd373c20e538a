import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import { hit, type Queryable } from '../db';

/** A connection's default number would be one more than the partner may have. */
export class TooManyNumbersError extends Error {
  override readonly name = 'TooManyNumbersError';

  constructor(readonly atMost: number) {
    super(`This partner may have ${String(atMost)} phone numbers.`);
  }
}

/**
 * True if these numbers would give the partner more than `atMost` rows, active or not, whichever connections they are on. Runs
 * under the partner's lock. Rows that VoiceLink's lists made count too, and are never refused.
 */
export const wouldExceed = async (
  tx: Queryable,
  input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly keys: readonly DidKey[];
    readonly atMost: number;
  },
): Promise<boolean> => {
  const { partnerId, connectionId, keys, atMost } = input;
  if (atMost === Infinity) return false;
  return hit(
    tx,
    `with missing as (
       select count(*) as n from unnest($3::text[]) as given (key)
        where not exists (select 1 from phone_numbers p where p.connection_id = $2 and p.key = given.key)
     )
     select 1 from missing where n > 0 and n + (select count(*) from phone_numbers where partner_id = $1) > $4`,
    [partnerId, connectionId, keys, atMost],
  );
};

/** Throws TooManyNumbersError if the number would be one too many. Runs under the partner's lock. */
export const refuseTooManyNumbers = async (
  tx: Queryable,
  place: { readonly partnerId: PartnerId; readonly connectionId: ConnectionId },
  key: DidKey,
  atMost = Infinity,
): Promise<void> => {
  if (await wouldExceed(tx, { ...place, keys: [key], atMost })) throw new TooManyNumbersError(atMost);
};
