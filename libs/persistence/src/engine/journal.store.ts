import type { ConnectionId, DidKey, StepKind } from '@dialtone/domain';
import {
  writeEntry,
  type Lease,
  type RecentWrite,
  type RepairAim,
  type RepairWrite,
  type UnresolvedWrite,
  type WriteIntent,
  type WriteJournal,
  type WriteTarget,
} from '@dialtone/engine';
import { HISTORY_COLUMNS, HISTORY_ROW, historyRow } from '../events/append-change';
import { ACCOUNT } from './account-connections';
import { json, ms, type Queryable, rows } from '../db';

const HISTORY_OF_CONNECTION = HISTORY_COLUMNS.slice('partner_id, '.length);

/**
 * The lease rows are share-locked until the intent is committed: taking over an expired lease waits for that, so the new
 * holder sees every intent that was written under the old lease. Ids are drawn in the order of the insert, which pairs them.
 */
const BEGIN = `
  with given as materialized (
    select * from unnest($1::int[], $2::text[], $3::text[], $4::bigint[]) with ordinality as g (nth, resource, owner, epoch, place)
  ), leased as materialized (
    select g.nth, g.epoch from leases l join given g using (resource, owner, epoch)
     where l.expires_at > clock_timestamp() order by l.resource for share of l
  ), held as materialized (
    select nth, g.epochs
      from (select nth, count(*) as leases, array_agg(epoch order by place) as epochs from given group by nth) g
      join (select nth, count(*) as leases from leased group by nth) l using (nth, leases)
  ), intent as materialized (
    select i.*, h.epochs, row_number() over (order by nth) as place
      from jsonb_to_recordset($5::jsonb) as i (nth int, connection_id uuid, key text, binding_id uuid, actor text, step text,
             target text, generation bigint, body jsonb, request_id text, entry jsonb)
      join held h using (nth)
  ), inserted as (
    insert into upstream_writes
      (lease_epochs, connection_id, key, binding_id, actor, step, target, generation, body, request_id)
    select epochs, connection_id, key, binding_id, actor, step, target, generation, body, request_id from intent order by place
    returning id
  ), begun as (
    select i.nth, i.entry, w.id from intent i join (select id, row_number() over (order by id) as place from inserted) w using (place)
  ), kept as (
    insert into history (${HISTORY_COLUMNS}, write_id)
    select c.partner_id, ${HISTORY_OF_CONNECTION.split(', ')
      .map((column) => `h.${column}`)
      .join(', ')}, b.id
      from begun b
      cross join jsonb_to_record(b.entry) as h (${HISTORY_ROW})
      join connections c on c.id = h.connection_id
     order by b.id
  )
  select nth, id from begun`;

const COLUMNS = `id::text as id, step, target, state, ${ms('started_at')} as "startedAt", body, answer`;
const UNRESOLVED_OF_KEYS = `
  select ${COLUMNS}, key from upstream_writes
   where connection_id = $1 and state in ('pending', 'unknown') and key = any($2::text[]) order by upstream_writes.id`;

/** Of all connections on the account: what one of them may still make, another must not make as well. */
const UNRESOLVED_OF_ACCOUNT = `
  select ${COLUMNS} from upstream_writes
   where connection_id in (${ACCOUNT}) and state in ('pending', 'unknown')`;

/**
 * Only from pending: what a listing has proved meanwhile outranks a late answer. Locked in the order of ids, as `RESOLVE` does. A bot
 * that was created for a declaration is noted there.
 */
const FINISH = `
  with given as materialized (
    select * from unnest($1::bigint[], $2::text[], $3::jsonb[]) as g (id, state, answer)
  ), open as materialized (
    select id from upstream_writes where id = any($1::bigint[]) and state = 'pending' order by id for no key update
  ), finished as (
    update upstream_writes w set state = g.state, answer = g.answer, finished_at = now()
      from open join given g using (id) where w.id = open.id
    returning w.state, w.binding_id, w.target, w.answer
  )
  update bindings b set made_bot_id = (f.answer ->> 'id')::bigint from finished f
   where f.state = 'done' and b.id = f.binding_id and f.target ^@ 'bot-create:' and jsonb_typeof(f.answer -> 'id') = 'number'`;

const RESOLVE = `
  with open as materialized (
    select id from upstream_writes
     where id = any($1::bigint[]) and state in ('pending', 'unknown') order by id for no key update
  )
  update upstream_writes w set state = $2, resolved_at = now() from open where w.id = open.id`;

/**
 * Of all connections on the account. Three parts, each with an index of its own; the last is of the numbers that are asked about, and
 * of what was proven since their verdicts.
 */
const RECENT = `
  with recent as (
    select *, coalesce(resolved_at, finished_at) as seen_at from upstream_writes
     where connection_id in (${ACCOUNT}) and state in ('done', 'applied')
       and coalesce(resolved_at, finished_at) >= to_timestamp($2::float8 / 1000)
    union all
    select *, null from upstream_writes where connection_id in (${ACCOUNT}) and state in ('pending', 'unknown')
    union all
    select w.*, coalesce(w.resolved_at, w.finished_at) from upstream_writes w
      join dids d on d.connection_id = $1 and d.key = w.key
     where w.connection_id in (${ACCOUNT}) and w.key = any($3::text[]) and w.state in ('done', 'applied')
       and coalesce(w.resolved_at, w.finished_at) >= d.observed_at
       and coalesce(w.resolved_at, w.finished_at) < to_timestamp($2::float8 / 1000)
  )
  select key, step, target, body, answer, state, ${ms('started_at')} as "startedAt", ${ms('seen_at')} as "seenAt"
    from recent where $3::text[] is null or key = any($3) or target like 'bot-%' order by id`;

/** Each with an index of its own. Requests about a number are told by its key, those about a bot by its id. */
const repairsWhere = (which: string): string => `
  select key, step, target, body, answer, state, actor, ${ms('started_at')} as "startedAt",
         ${ms('coalesce(resolved_at, finished_at)')} as "seenAt"
    from upstream_writes
   where connection_id in (${ACCOUNT}) and ${which} and started_at >= to_timestamp($2::float8 / 1000)
     and state <> 'failed' and (actor = 'reconciler' or step = 'request')
   order by id`;
const REPAIRS_OF_NUMBERS = repairsWhere(`key = any($3::text[]) and (step = any($4::text[]) or step = 'request')`);
const REPAIRS_OF_BOTS = repairsWhere(`target like 'bot-%' and target = any($3::text[])`);

/** See `WriteJournal.recent`, of several keys; null: of all. */
export const recentWritesOf = (
  db: Queryable,
  connectionId: ConnectionId,
  since: number,
  keys: readonly DidKey[] | null,
): Promise<readonly RecentWrite[]> => rows<RecentWrite>(db, RECENT, [connectionId, since, keys]);

/** See `WriteJournal.unresolvedRequests`. */
export const unresolvedRequestsOf = (db: Queryable, connectionId: ConnectionId): Promise<readonly UnresolvedWrite[]> =>
  rows<UnresolvedWrite>(
    db,
    `select ${COLUMNS} from upstream_writes
      where connection_id in (${ACCOUNT}) and state in ('pending', 'unknown') and step = 'request' order by upstream_writes.id`,
    [connectionId],
  );

/** See `WriteJournal.unresolvedOfKey`, of several keys. */
export const unresolvedOfKeys = (
  db: Queryable,
  connectionId: ConnectionId,
  keys: readonly DidKey[],
): Promise<readonly (UnresolvedWrite & { readonly key: DidKey })[]> =>
  rows(db, UNRESOLVED_OF_KEYS, [connectionId, keys]);

/** See `WriteJournal.unresolved`, of several targets. */
export const unresolvedOfTargets = (
  db: Queryable,
  connectionId: ConnectionId,
  targets: readonly WriteTarget[],
): Promise<readonly UnresolvedWrite[]> =>
  rows(db, `${UNRESOLVED_OF_ACCOUNT} and target = any($2::text[]) order by upstream_writes.id`, [
    connectionId,
    targets,
  ]);

/** See `WriteJournal.repairs`, of several bots. */
export const repairsOfBots = (
  db: Queryable,
  connectionId: ConnectionId,
  since: number,
  targets: readonly WriteTarget[],
): Promise<readonly RepairWrite[]> => rows<RepairWrite>(db, REPAIRS_OF_BOTS, [connectionId, since, targets]);

/** See `WriteJournal.repairs`, of several numbers. */
export const repairsOfNumbers = (
  db: Queryable,
  connectionId: ConnectionId,
  since: number,
  aims: readonly { readonly key: DidKey; readonly step: StepKind }[],
): Promise<readonly RepairWrite[]> =>
  rows<RepairWrite>(db, REPAIRS_OF_NUMBERS, [
    connectionId,
    since,
    aims.map(({ key }) => key),
    aims.map(({ step }) => step),
  ]);

/** One write that is to be sent, and under which leases. */
export interface Beginning {
  readonly intent: WriteIntent;
  readonly leases: readonly Lease[];
}

/** See `WriteJournal.begin`, of several writes in one statement; the answers in their order. */
export const beginAll = async (
  db: Queryable,
  beginnings: readonly Beginning[],
): Promise<readonly (string | null)[]> => {
  const given = beginnings.flatMap(({ leases }, nth) => leases.map((lease) => ({ nth, ...lease })));
  const begun = await rows<{ nth: number; id: string }>(db, BEGIN, [
    given.map(({ nth }) => nth),
    given.map(({ resource }) => resource),
    given.map(({ owner }) => owner),
    given.map(({ epoch }) => epoch.toString()),
    json(beginnings.map(({ intent }, nth) => intentRow(intent, nth))),
  ]);
  const ids = new Map(begun.map(({ nth, id }) => [nth, id]));
  return beginnings.map((_, nth) => ids.get(nth) ?? null);
};

const intentRow = (intent: WriteIntent, nth: number): object => {
  const { connectionId, key, bindingId, actor, step, target, generation, body, requestId } = intent;
  return {
    ...{ nth, key, actor, step, target, generation, body },
    connection_id: connectionId,
    binding_id: bindingId,
    request_id: requestId,
    entry: historyRow(writeEntry(intent)),
  };
};

/** How one write ended. */
export interface Finish {
  readonly id: string;
  readonly state: 'done' | 'failed' | 'unknown';
  readonly answer: Readonly<Record<string, unknown>>;
}

/** See `WriteJournal.finish`, of several writes. */
export const finishAll = async (db: Queryable, finishes: readonly Finish[]): Promise<void> => {
  await db.query(FINISH, [
    finishes.map(({ id }) => id),
    finishes.map(({ state }) => state),
    finishes.map(({ answer }) => json(answer)),
  ]);
};

export class WriteJournalStore implements WriteJournal {
  constructor(private readonly db: Queryable) {}

  async begin(intent: WriteIntent, leases: readonly Lease[]): Promise<string | null> {
    const [id = null] = await beginAll(this.db, [{ intent, leases }]);
    return id;
  }

  finish(id: string, state: Finish['state'], answer: Finish['answer']): Promise<void> {
    return finishAll(this.db, [{ id, state, answer }]);
  }

  unresolved(connectionId: ConnectionId, target: WriteTarget): Promise<readonly UnresolvedWrite[]> {
    return unresolvedOfTargets(this.db, connectionId, [target]);
  }

  unresolvedOfKey(connectionId: ConnectionId, key: DidKey): Promise<readonly UnresolvedWrite[]> {
    return unresolvedOfKeys(this.db, connectionId, [key]);
  }

  unresolvedRequests(connectionId: ConnectionId): Promise<readonly UnresolvedWrite[]> {
    return unresolvedRequestsOf(this.db, connectionId);
  }

  recent(connectionId: ConnectionId, since: number, key: DidKey | null): Promise<readonly RecentWrite[]> {
    return recentWritesOf(this.db, connectionId, since, key === null ? null : [key]);
  }

  repairs(connectionId: ConnectionId, aim: RepairAim, since: number): Promise<readonly RepairWrite[]> {
    return 'key' in aim
      ? repairsOfNumbers(this.db, connectionId, since, [aim])
      : repairsOfBots(this.db, connectionId, since, [aim.target]);
  }

  async resolve(ids: readonly string[], state: 'applied' | 'not_applied'): Promise<void> {
    if (ids.length === 0) return;
    await this.db.query(RESOLVE, [ids, state]);
  }
}
