import type { ConnectionId, DidKey, NumberClaim, SharedAccount } from '@dialtone/domain';
import { sharingAfter, type ConnectionAdvisory, type ConnectionMoment } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, hit, json, type Queryable, rows, text } from '../db';
import { appendChange } from '../events/append-change';
import { ON_VOICELINK } from './account-connections';
import { carryLists, doubtLists } from './carried-lists';
import { lockConnection } from './sweep-queue.store';

/** Reseller ids of different VoiceLinks are different resellers. */
export const noteOwner = async (db: Queryable, id: ConnectionId, resellerId: string | null): Promise<void> => {
  await db.query(`update connections set owner_known = true, reseller = base_url || ' ' || $2::text where id = $1`, [
    id,
    resellerId === null ? null : text(resellerId),
  ]);
};

/** The account of the oldest other connection with the same login or reseller, whoever owns it; null: none is older. */
const TWIN = `
  select m.account_id from connections m
   where m.id <> me.id and me.provider = 'voicelink' and (m.login_digest = me.login_digest or m.reseller = me.reseller)
     and ${ON_VOICELINK} and (m.created_at, m.id) < (me.created_at, me.id)
   order by m.created_at, m.id limit 1`;

/** Of one partner: nothing is ever told of another one. */
const MATES = `
  select m.id from connections me join connections m on m.account_id = me.account_id and m.partner_id = me.partner_id
   where me.id = $1 and ${ON_VOICELINK} order by m.created_at, m.id`;

interface Place {
  readonly accountId: string;
  /** The account to join; null: none. */
  readonly twin: string | null;
  readonly others: readonly ConnectionId[];
}

type Own = Pick<Place, 'accountId' | 'twin'>;
type Joined = Pick<Place, 'accountId'> & { readonly twin: string };

const OWN = `select me.account_id as "accountId", (${TWIN}) as twin from connections me where me.id = $1`;

const placeOf = async (db: Queryable, id: ConnectionId): Promise<Place | null> => {
  const own = await firstRow<Own>(db, OWN, [id]);
  return own && { ...own, others: await othersOf(db, id) };
};

/** None for a connection that is not active. */
const othersOf = async (db: Queryable, id: ConnectionId): Promise<readonly ConnectionId[]> => {
  const mates = await matesOf(db, id);
  return mates.includes(id) ? mates.filter((mate) => mate !== id) : [];
};

const matesOf = async (db: Queryable, id: ConnectionId): Promise<readonly ConnectionId[]> =>
  (await rows<{ id: ConnectionId }>(db, MATES, [id])).map((row) => row.id);

/** Every sweep asks: what is known already needs no lock. `reads` takes several questions at once. */
export const recognise = async (ds: DataSource, id: ConnectionId, reads: Queryable = ds): Promise<void> => {
  const [own, others, row] = await Promise.all([
    firstRow<Own>(reads, OWN, [id]),
    othersOf(reads, id),
    firstRow<Advised>(reads, ADVISED, [id]),
  ]);
  if (own === null || row === null) return;
  const joins = own.twin !== null && own.twin !== own.accountId;
  if (joins || sharingAfter({ ...row, now: 0 }, row.advisories, others).isNews) {
    await ds.transaction((tx) => recogniseLocked(tx, id));
  }
};

interface Advised extends Pick<ConnectionMoment, 'connectionId' | 'partnerId'> {
  readonly advisories: readonly ConnectionAdvisory[];
}

const ADVISED = `select id as "connectionId", partner_id as "partnerId", advisories from connections where id = $1`;

/** Locks the connection until the transaction ends. */
const recogniseLocked = async (tx: Queryable, id: ConnectionId): Promise<void> => {
  const before = await lockConnection(tx, id);
  const place = before && (await placeOf(tx, id));
  if (before === null) return;
  if (place !== null && place.twin !== null) await joinAccount(tx, id, { ...place, twin: place.twin });
  const { advisories, isNews, events } = sharingAfter(before, before.advisories, await othersOf(tx, id));
  if (!isNews) return;
  await tx.query(`update connections set advisories = $2 where id = $1`, [id, json(advisories)]);
  await appendChange(tx, { events });
};

const joinAccount = async (tx: Queryable, id: ConnectionId, { accountId, twin }: Joined): Promise<void> => {
  if (twin === accountId) return;
  await tx.query(`update connections set account_id = $2 where id = $1`, [id, twin]);
  await carryLists(tx, id, accountId);
};

/**
 * After a connection came, went or got other credentials: says so on it and on the partner's other connections of the
 * accounts, those in `before` included. The caller has locked the partner, so no two transactions lock these rows in different orders.
 */
export const recogniseAround = async (
  tx: Queryable,
  id: ConnectionId,
  before: readonly ConnectionId[] = [],
): Promise<void> => {
  await recogniseLocked(tx, id);
  const others = new Set([...before, ...(await matesOf(tx, id))]);
  for (const other of [...others].filter((one) => one !== id).sort()) await recogniseLocked(tx, other);
};

/**
 * A connection with the login of another user is of another account, until it is recognised as one of several again. Returns the
 * partner's connections on the account that it has left.
 */
export const leaveAccount = async (
  tx: Queryable,
  id: ConnectionId,
  digest: Buffer | null,
): Promise<readonly ConnectionId[]> => {
  const mates = await matesOf(tx, id);
  const former = (await placeOf(tx, id))?.accountId;
  const left = await hit(
    tx,
    `update connections c set reseller = null, owner_known = false, account_id = case
       when exists (select 1 from connections o where o.account_id = c.id and o.id <> c.id) then gen_random_uuid()
       else c.id end
      where id = $1 and login_digest is distinct from $2 returning 1`,
    [id, digest],
  );
  if (!left || former === undefined) return [];
  // A list of another account is no news of the numbers of this one, until an operator says so.
  await carryLists(tx, id, former);
  await doubtLists(tx, id);
  return mates;
};

const CLAIMS = `
  select connection_id as "connectionId", key, true as "isDeclared", false as "hasAgent" from bindings
   where connection_id = any($1::uuid[]) and ($2::text[] is null or key = any($2))
  union all
  select connection_id, key, false, agent_id is not null from phone_numbers
   where connection_id = any($1::uuid[]) and ($2::text[] is null or key = any($2))`;

/** `reads` takes several questions at once; claims may be many, and are asked for by themselves. */
export const readSharedAccount = async (
  db: Queryable,
  id: ConnectionId,
  keys: readonly DidKey[] | null,
  reads: Queryable = db,
): Promise<SharedAccount> => {
  const connections = await matesOf(reads, id);
  if (connections.length < 2) return { connections, claims: [] };
  return { connections, claims: await rows<NumberClaim>(db, CLAIMS, [connections, keys]) };
};
