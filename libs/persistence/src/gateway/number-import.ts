import type { PhoneNumberImport, PhoneNumberInventory } from './phone-number-inventory';
import { type Queryable, rows } from '../db';
import { lockPartner } from './lock-partner';
import { refuseMoreNumbers } from './number-quota';
import { firstCount, isActive } from './number-sync';
import { quotaOf } from './partner-quotas.store';
import { readNumbers } from './phone-number-rows';

type ImportInput = Parameters<PhoneNumberInventory['importListed']>[0];

/** Order of locks: partner, connection, numbers; as everywhere. */
export const importNumbers = async (tx: Queryable, input: ImportInput): Promise<PhoneNumberImport> => {
  const { partnerId, connectionId, numbers, isComplete, atMost } = input;
  // Two imports at once must not use up the same quota.
  if ((await quotaOf(tx, partnerId, 'phone_numbers', atMost)) !== Infinity) await lockPartner(tx, partnerId);
  if (!(await isActive(tx, partnerId, connectionId))) return { kind: 'disconnected' };
  const keys = numbers.map(({ key }) => key);
  await refuseMoreNumbers(tx, { partnerId, connectionId }, keys, atMost);
  const created = await addMissing(tx, input);
  const place = [connectionId, keys];
  await noteListed(tx, input);
  const listed = await readNumbers(tx, `where p.connection_id = $1 and p.key = any($2::text[]) order by p.key`, place);
  const notListed = isComplete
    ? await readNumbers(tx, `where p.connection_id = $1 and p.key <> all($2::text[]) order by p.key`, place)
    : [];
  return { kind: 'imported', created: await firstCount(tx, created), rows: listed, notListed };
};

/** What a list has is listed, also one that breaks off; only a complete one shows what it lacks. In key order, as everywhere. */
const noteListed = async (tx: Queryable, { connectionId, numbers, isComplete }: ImportInput): Promise<void> => {
  await tx.query(
    `with changed as (
       select id, key = any($2::text[]) as listed from phone_numbers
        where connection_id = $1 and (unlisted_at is null) is distinct from (key = any($2::text[]))
          and (key = any($2::text[]) or $3) order by key, id for no key update)
     update phone_numbers p set unlisted_at = case when not changed.listed then now() end, updated_at = now()
       from changed where p.id = changed.id`,
    [connectionId, numbers.map(({ key }) => key), isComplete],
  );
};

/** In key order, so that two concurrent imports cannot deadlock. Rows that there are stay as they are. */
const addMissing = async (tx: Queryable, { partnerId, connectionId, numbers }: ImportInput): Promise<number> => {
  const added = await rows(
    tx,
    `insert into phone_numbers (partner_id, connection_id, key, phone_number, friendly_name)
     select $1, $2, given.key, nullif(given.phone_number, '+' || given.key), given.name
       from unnest($3::text[], $4::text[], $5::text[]) as given (key, phone_number, name) order by given.key
     on conflict (connection_id, key) do nothing
     returning 1`,
    [
      partnerId,
      connectionId,
      numbers.map(({ key }) => key),
      numbers.map(({ phoneNumber }) => phoneNumber),
      numbers.map(({ friendlyName }) => friendlyName),
    ],
  );
  return added.length;
};
