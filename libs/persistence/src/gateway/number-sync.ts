import type { ConnectionId, DidKey, PartnerId } from '@dialtone/domain';
import type { GivenNumber, PhoneNumberInventory, PhoneNumberSync } from './phone-number-inventory';
import { refusedByUnique } from '../database-errors';
import { hit, type Queryable, rows } from '../db';
import { settleClaim } from './inbound-claims';
import { keepWork, keptWork } from './kept-work';
import { lockPartner } from './lock-partner';
import { refuseMoreNumbers } from './number-quota';
import { quotaOf } from './partner-quotas.store';
import { INBOUND_INDEX, readNumbers } from './phone-number-rows';

type SyncInput = Parameters<PhoneNumberInventory['sync']>[0];

/** Share-locks the connection, so that it is not disconnected while its numbers change. */
export const isActive = (tx: Queryable, partnerId: PartnerId, id: ConnectionId): Promise<boolean> =>
  hit(
    tx,
    `select 1 from (select status from connections where id = $1 and partner_id = $2 and deleted_at is null for share) c
      where c.status = 'ACTIVE'`,
    [id, partnerId],
  );

/** Order of locks: partner, connection, numbers; as everywhere. */
export const syncNumbers = async (tx: Queryable, input: SyncInput): Promise<PhoneNumberSync> => {
  const { partnerId, connectionId, numbers, atMost } = input;
  // Two imports at once must not use up the same quota.
  if ((await quotaOf(tx, partnerId, 'phone_numbers', atMost)) !== Infinity) await lockPartner(tx, partnerId);
  if (!(await isActive(tx, partnerId, connectionId))) return { kind: 'disconnected' };
  const keys = numbers.map(({ key }) => key);
  await refuseMoreNumbers(tx, { partnerId, connectionId }, keys, atMost);
  const { created, taken } = await addFree(tx, input);
  const [first] = keys.filter((key) => taken.has(key)).toSorted();
  if (first !== undefined && taken.size === numbers.length) return { kind: 'inbound_taken', key: first };
  const found = await readNumbers(tx, `where p.connection_id = $1 and p.key = any($2::text[]) order by p.key`, [
    connectionId,
    keys.filter((key) => !taken.has(key)),
  ]);
  return {
    kind: 'synced',
    created: await firstCount(tx, created),
    rows: found,
    taken: keys.filter((key) => taken.has(key)),
  };
};

/** How many were new to the first attempt at the request. */
export const firstCount = (tx: Queryable, created: number): Promise<number> =>
  keepWork(tx, (keptWork() as number | null) ?? created);

interface Added {
  readonly created: number;
  readonly taken: ReadonlySet<DidKey>;
}

/** Another partner may take one of the numbers meanwhile. It is seen in the next round, so there are few. */
const addFree = async (tx: Queryable, input: SyncInput): Promise<Added> => {
  for (;;) {
    const taken = await refusedOf(tx, input);
    const free = input.numbers.filter(({ key }) => !taken.has(key));
    if (free.length === 0) return { created: 0, taken };
    const created = await add(tx, input, free);
    if (created !== null) return { created, taken };
  }
};

/** One look into the unique index for each: as an anti-join it may read all rows of the connection for each. */
export const CLAIMED = `
  select given.key from unnest($2::text[]) as given (key) where coalesce((
    select not p.inbound_enabled and p.status <> 'INACTIVE' from phone_numbers p
     where p.connection_id = $1 and p.key = given.key), true)`;

/** Numbers whose row is inactive are not claimed by being enabled, and those that take their calls here already need no claim. */
const refusedOf = async (tx: Queryable, input: SyncInput): Promise<ReadonlySet<DidKey>> => {
  const { partnerId, connectionId, numbers } = input;
  const claimed = await rows<{ key: DidKey }>(tx, CLAIMED, [connectionId, numbers.map(({ key }) => key)]);
  const keys = claimed.map(({ key }) => key);
  return settleClaim(tx, { partnerId, connectionId, keys, written: numbers.map(({ key }) => key) });
};

/** How many are new. Null, with nothing written: one of them was taken meanwhile. */
const add = async (
  tx: Queryable,
  { partnerId, connectionId }: SyncInput,
  numbers: readonly GivenNumber[],
): Promise<number | null> => {
  await tx.query('savepoint before_numbers');
  try {
    // In key order, so that two concurrent imports cannot deadlock.
    const written = await rows<{ created: boolean }>(
      tx,
      `insert into phone_numbers as p (partner_id, connection_id, key, phone_number, inbound_enabled)
       select $1, $2, given.key, nullif(given.phone_number, '+' || given.key), true
         from unnest($3::text[], $4::text[]) as given (key, phone_number) order by given.key
       on conflict (connection_id, key) do update
         set inbound_enabled = true, inbound_lost_at = null, inbound_lost_reason = null, updated_at = now()
         where not p.inbound_enabled
       returning p.xmax = 0 as created`,
      [partnerId, connectionId, numbers.map(({ key }) => key), numbers.map(({ phoneNumber }) => phoneNumber)],
    );
    await tx.query('release savepoint before_numbers');
    return written.filter(({ created }) => created).length;
  } catch (error) {
    if (refusedByUnique(error, INBOUND_INDEX) === null) throw error;
    await tx.query('rollback to savepoint before_numbers');
    return null;
  }
};
