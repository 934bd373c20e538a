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
import { HISTORY_COLUMNS, HISTORY_ROW, toHistoryRows } from '../events/append-change';
import { ACCOUNT } from './account-connections';
import { firstRow, json, ms, type Queryable, rows } from '../db';

/**
 * The lease rows are share-locked until the intent is committed: taking over an expired lease waits for that, so the new
 * holder sees every intent that was written under the old lease.
 */
const BEGIN = `
  with leased as (
    select 1 from leases l
      join unnest($1::text[], $2::text[], $3::bigint[]) as given (resource, owner, epoch) using (resource, owner, epoch)
     where l.expires_at > clock_timestamp()
     order by l.resource
       for share of l
  ), begun as (
    insert into upstream_writes
      (lease_epochs, connection_id, key, binding_id, actor, step, target, generation, body, request_id)
    select $3::bigint[], $4, $5, $6, $7, $8, $9, $10, $11, $12
     where cardinality($1::text[]) > 0 and (select count(*) from leased) = cardinality($1::text[])
    returning id
  ), kept as (
    insert into history (${HISTORY_COLUMNS}, write_id)
    select c.partner_id, ${HISTORY_COLUMNS.slice('partner_id, '.length)
      .split(', ')
      .map((column) => `h.${column}`)
      .join(', ')}, b.id
      from begun b, jsonb_to_recordset($13::jsonb) as h (${HISTORY_ROW}) join connections c on c.id = h.connection_id
  )
  select id from begun`;

const COLUMNS = `id, step, target, state, ${ms('started_at')} as "startedAt", body, answer`;
const UNRESOLVED_OF_KEYS = `
  select ${COLUMNS}, key from upstream_writes
   where connection_id = $1 and state in ('pending', 'unknown') and key = any($2::text[]) order by id`;

/** Of all connections on the account: what one of them may still make, another must not make as well. */
const UNRESOLVED_OF_ACCOUNT = `
  select ${COLUMNS} from upstream_writes
   where connection_id in (${ACCOUNT}) and state in ('pending', 'unknown')`;

/** A bot that was created for a declaration is noted there. */
const FINISH = `
  with finished as (
    update upstream_writes set state = $2, answer = $3, finished_at = now() where id = $1 and state = 'pending'
    returning binding_id, target, answer
  )
  update bindings b set made_bot_id = (f.answer ->> 'id')::bigint from finished f
   where $2 = 'done' and b.id = f.binding_id and f.target ^@ 'bot-create:' and jsonb_typeof(f.answer -> 'id') = 'number'`;

/** Of all connections on the account. Two parts, each with an index of its own. */
const RECENT = `
  with recent as (
    select *, coalesce(resolved_at, finished_at) as seen_at from upstream_writes
     where connection_id in (${ACCOUNT}) and state in ('done', 'applied')
       and coalesce(resolved_at, finished_at) >= to_timestamp($2::float8 / 1000)
    union all
    select *, null from upstream_writes where connection_id in (${ACCOUNT}) and state in ('pending', 'unknown')
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
const REPAIRS_OF_BOT = repairsWhere(`target like 'bot-%' and target = $3`);

/** See `WriteJournal.recent`, of several keys; null: of all. */
export const recentWritesOf = (
  db: Queryable,
  connectionId: ConnectionId,
  since: number,
  keys: readonly DidKey[] | null,
): Promise<readonly RecentWrite[]> => rows<RecentWrite>(db, RECENT, [connectionId, since, keys]);

/** See `WriteJournal.unresolvedOfKey`, of several keys. */
export const unresolvedOfKeys = (
  db: Queryable,
  connectionId: ConnectionId,
  keys: readonly DidKey[],
): Promise<readonly (UnresolvedWrite & { readonly key: DidKey })[]> =>
  rows(db, UNRESOLVED_OF_KEYS, [connectionId, keys]);

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

export class WriteJournalStore implements WriteJournal {
  constructor(private readonly db: Queryable) {}

  async begin(intent: WriteIntent, leases: readonly Lease[]): Promise<string | null> {
    const row = await firstRow<{ id: string }>(this.db, BEGIN, [
      leases.map((lease) => lease.resource),
      leases.map((lease) => lease.owner),
      leases.map((lease) => lease.epoch.toString()),
      intent.connectionId,
      intent.key,
      intent.bindingId,
      intent.actor,
      intent.step,
      intent.target,
      intent.generation,
      json(intent.body),
      intent.requestId,
      toHistoryRows([writeEntry(intent)]),
    ]);
    return row?.id ?? null;
  }

  async finish(
    id: string,
    state: 'done' | 'failed' | 'unknown',
    answer: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    // Only from pending: what a listing has proved meanwhile outranks a late answer.
    await this.db.query(FINISH, [id, state, json(answer)]);
  }

  unresolved(connectionId: ConnectionId, target: WriteTarget): Promise<readonly UnresolvedWrite[]> {
    return rows<UnresolvedWrite>(this.db, `${UNRESOLVED_OF_ACCOUNT} and target = $2 order by id`, [
      connectionId,
      target,
    ]);
  }

  unresolvedOfKey(connectionId: ConnectionId, key: DidKey): Promise<readonly UnresolvedWrite[]> {
    return unresolvedOfKeys(this.db, connectionId, [key]);
  }

  unresolvedRequests(connectionId: ConnectionId): Promise<readonly UnresolvedWrite[]> {
    return rows<UnresolvedWrite>(
      this.db,
      `select ${COLUMNS} from upstream_writes
        where connection_id in (${ACCOUNT}) and state in ('pending', 'unknown') and step = 'request' order by id`,
      [connectionId],
    );
  }

  recent(connectionId: ConnectionId, since: number, key: DidKey | null): Promise<readonly RecentWrite[]> {
    return recentWritesOf(this.db, connectionId, since, key === null ? null : [key]);
  }

  repairs(connectionId: ConnectionId, aim: RepairAim, since: number): Promise<readonly RepairWrite[]> {
    return 'key' in aim
      ? repairsOfNumbers(this.db, connectionId, since, [aim])
      : rows<RepairWrite>(this.db, REPAIRS_OF_BOT, [connectionId, since, aim.target]);
  }

  async resolve(ids: readonly string[], state: 'applied' | 'not_applied'): Promise<void> {
    if (ids.length === 0) return;
    await this.db.query(
      `update upstream_writes set state = $2, resolved_at = now()
        where id = any($1::bigint[]) and state in ('pending', 'unknown')`,
      [ids, state],
    );
  }
}
