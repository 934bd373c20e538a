import type { Binding, ConnectionId, DeclarationMarks, DidKey, PartnerId } from '@dialtone/domain';
import {
  declarationEntries,
  declarationEvent,
  STARTING_OVER,
  type ChangedDeclaration,
  type Declared,
} from '@dialtone/engine';
import { currentTraceparent, traced } from '@dialtone/tracing';
import { isLostRace } from '../database-errors';
import { json, type Queryable, WAKE_CHANNEL } from '../db';
import { HISTORY_COLUMNS, HISTORY_ROW, toHistoryRows } from '../events/append-change';
import { authorNamed } from '../on-behalf-of';
import { SPEC_COLUMN_TYPES, specRecord } from '../engine/binding-rows';

/** A change that was decided on what was seen. */
export interface DeclarationWrite {
  readonly change: 'created' | 'updated' | 'releasing' | 'removed';
  /** As it was; null: it is created. */
  readonly before: Declared | null;
  /** In whose name it is asked; null: in nobody's. */
  readonly askedBy: string | null;
  /** As it will be; of a removed one, as it was. */
  readonly binding: Binding;
  readonly marks: DeclarationMarks;
  /** Whose connection it leaves. */
  readonly movedFrom: Binding | null;
  /** Events of its DID, and of the DID that it leaves, when it was decided. */
  readonly seq: number | null;
  readonly leftSeq: number | null;
  readonly buried: number;
}

/** A DID that must still be as it was seen, although nothing of it may be written. */
export interface Premise {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
  /** Its events, which stand for its declaration. */
  readonly seq: number;
  /** Of its observation; null: that does not matter. */
  readonly digest: string | null;
}

const ITEM_COLUMNS = [
  'nth int, change text, id uuid, key text, connection_id uuid, left_id uuid, generation bigint, seq bigint, left_seq bigint',
  'buried bigint, labels jsonb, manager text, releasing text',
  ...Object.entries(SPEC_COLUMN_TYPES).map(([name, type]) => `${name} ${type}`),
].join(', ');
const SPEC_NAMES = Object.keys(SPEC_COLUMN_TYPES);

/**
 * All changes of one partner, or none, in one statement: it locks what it changes (partner, connection, DID, binding, in the order of
 * keys, as everywhere), compares what was seen with what is there now, writes the rows and their events, and wakes the
 * reconcilers. When anything it was decided on has changed it ends with `lost_race()`: then look and decide again.
 *
 * A DID's event number stands for all that was seen of it, because no change of a declaration goes without an event, and none
 * without the lock of its DID. A statement sees the rows that it waits for as they are after the wait, and nothing else.
 */
const WRITE = `
  with item as materialized (
    select * from jsonb_to_recordset($1::jsonb) as i (${ITEM_COLUMNS})
  ), premise as materialized (
    select * from jsonb_to_recordset($9::jsonb) as p (connection_id uuid, key text, seq bigint, digest text)
  ), counted_before as materialized (
    select case when $7::float8 is not null and exists (select 1 from item where change = 'created')
             then count_bindings_locked($2) end as used
  ), held as materialized (
    select c.id from connections c
     where c.id in (select connection_id from item where change <> 'removed') and c.partner_id = $2
       and c.status = 'ACTIVE' and c.deleted_at is null and (select count(*) from counted_before) = 1
     order by c.id for share
  ), changed as materialized (
    select i.connection_id, i.key, i.seq from item i
     where i.change = 'removed' or i.connection_id in (select id from held)
    union all
    select left_id, key, left_seq from item where left_id is not null and (select count(*) from held) >= 0
  ), place as materialized (
    select connection_id, key, coalesce(c.seq, p.seq) as seq, p.digest, c.key is not null as changes
      from changed c full join premise p using (connection_id, key)
  ), made as (
    insert into dids (connection_id, key, event_seq)
    select connection_id, key, 1 from changed where seq is null order by connection_id, key
    on conflict do nothing returning connection_id, key, event_seq
  ), locked as materialized (
    select d.connection_id, d.key, p.changes
      from dids d join place p on p.connection_id = d.connection_id and p.key = d.key and p.seq = d.event_seq
     where (select count(*) from made) >= 0 and coalesce(p.digest = d.digest, true)
     order by d.connection_id, d.key for no key update of d
  ), counted as (
    update dids d set event_seq = d.event_seq + 1 from locked l
     where l.changes and d.connection_id = l.connection_id and d.key = l.key
    returning d.connection_id, d.key, d.event_seq
  ), numbered as materialized (
    select * from made union all select * from counted
  ), target as materialized (
    select b.id, i.nth from bindings b join item i on i.id = b.id
     where i.change <> 'created' and (select count(*) from numbered) >= 0
     order by b.key for no key update of b
  ), created as (
    insert into bindings (id, partner_id, connection_id, key, generation, labels, manager, traceparent, ${SPEC_NAMES.join(', ')})
    select i.id, $2, i.connection_id, i.key, i.generation, i.labels, i.manager, $10, ${SPEC_NAMES.map((name) => `i.${name}`).join(', ')}
      from item i left join binding_tombstones t on t.partner_id = $2 and t.key = i.key
     where i.change = 'created' and i.buried = coalesce(t.generation, 0) and (select count(*) from target) >= 0
     order by i.key on conflict do nothing returning 1
  ), updated as (
    update bindings b
       set ${SPEC_NAMES.map((name) => `${name} = i.${name}`).join(', ')}, labels = i.labels, manager = i.manager,
           made_bot_id = case when b.connection_id = i.connection_id then b.made_bot_id end,
           releasing = i.releasing, connection_id = i.connection_id, generation = i.generation, outcome = $4, message = $5, attempts = $6,
           due_at = least(b.due_at, now()), trigger_seq = b.trigger_seq + 1, stalls = 0, contest = null,
           repairs_from = clock_timestamp(), updated_at = now(), traceparent = $10
      from target t join item i using (nth)
     where b.id = t.id and i.change in ('updated', 'releasing') and b.generation = i.generation - 1 returning 1
  ), removed as (
    delete from bindings b using target t join item i using (nth)
     where b.id = t.id and i.change = 'removed' and b.generation = i.generation returning b.key, b.generation
  ), buried as (
    insert into binding_tombstones (partner_id, key, generation)
    select $2, key, generation from removed order by key
    on conflict (partner_id, key) do update set generation = excluded.generation, removed_at = now()
    returning 1
  ), logged as (
    insert into event_log (type, partner_id, connection_id, key, seq, traceparent, data)
    select e.type, $2, e.connection_id, e.key, n.event_seq, $10::text,
           e.data || jsonb_build_object('seq', n.event_seq, 'occurred_at',
             to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      from jsonb_to_recordset($3::jsonb) as e (nth int, type text, connection_id uuid, key text, data jsonb)
      join numbered n on n.connection_id = e.connection_id and n.key = e.key
     order by e.nth returning 1
  ), kept as (
    insert into history (${HISTORY_COLUMNS})
    select ${HISTORY_COLUMNS} from jsonb_to_recordset($8::jsonb) as h (nth int, ${HISTORY_ROW})
     where (select count(*) from logged) >= 0 order by nth
  )
  select case
    when (select count(*) from created) + (select count(*) from updated) + (select count(*) from buried)
         = (select count(*) from item)
     and (select count(*) from logged) = jsonb_array_length($3::jsonb)
     and (select count(*) from locked where not changes) = (select count(*) from place where not changes)
     and coalesce((select used from counted_before) + (select count(*) from created) <= $7::float8, true)
    then pg_notify('${WAKE_CHANNEL}', '')::text else lost_race() end`;

const CHANGE = { created: 'declared', updated: 'updated', releasing: 'updated', removed: 'deleted' } as const;

/** To the readers of the old connection's events a moved declaration is withdrawn. */
const changesOf = (actor: string, { change, binding, movedFrom }: DeclarationWrite): readonly ChangedDeclaration[] => {
  if (movedFrom === null) return [{ change: CHANGE[change], binding, actor }];
  const move = { from: movedFrom.connectionId, to: binding.connectionId };
  return [
    { change: 'deleted', binding: movedFrom, actor, move },
    { change: 'declared', binding, actor, move },
  ];
};

const entriesOf = (actor: string, { change, binding, marks, before, askedBy }: DeclarationWrite) =>
  declarationEntries({ before, after: change === 'removed' ? null : { binding, marks } }, authorNamed(actor, askedBy));

/** The statement gives each event its number and its time. */
const UNNUMBERED = { seq: 0, now: 0 };

const itemOf = ({ binding, marks, movedFrom, ...write }: DeclarationWrite, nth: number): object => ({
  nth,
  change: write.change,
  id: binding.id,
  key: binding.key,
  connection_id: binding.connectionId,
  left_id: movedFrom?.connectionId ?? null,
  generation: binding.generation,
  seq: write.seq,
  left_seq: write.leftSeq,
  buried: write.buried,
  labels: marks.labels,
  manager: marks.manager,
  releasing: binding.releasing ?? null,
  ...specRecord(binding),
});

export interface Writer {
  readonly partnerId: PartnerId;
  readonly actor: string;
  /** Bindings that the partner may have; Infinity: any number. */
  readonly atMost: number;
  /** What must still be so beside what is written; nothing unless given. */
  readonly premises?: readonly Premise[];
}

/** True when it is written; false: what it was decided on has changed, and nothing is written. */
export const writeDeclarations = (
  db: Queryable,
  writer: Writer,
  writes: readonly DeclarationWrite[],
): Promise<boolean> => {
  if (writes.length === 0) return Promise.resolve(true);
  // One statement is one transaction.
  return traced('transaction declare', { attributes: { 'dialtone.declarations': writes.length } }, async (span) => {
    const isWritten = await writeInTrace(db, writer, writes);
    if (!isWritten) span.set({ 'dialtone.lost_race': true });
    return isWritten;
  });
};

const writeInTrace = async (
  db: Queryable,
  { partnerId, actor, atMost, premises = [] }: Writer,
  writes: readonly DeclarationWrite[],
): Promise<boolean> => {
  const events = writes
    .flatMap((write) => changesOf(actor, write))
    .map((change) => declarationEvent(change, UNNUMBERED));
  const { outcome, message, attempts } = STARTING_OVER;
  try {
    await db.query(WRITE, [
      json(writes.map(itemOf)),
      partnerId,
      json(events.map((event, nth) => ({ ...event, nth }))),
      ...[outcome, message, attempts],
      atMost === Infinity ? null : atMost,
      toHistoryRows(writes.flatMap((write) => entriesOf(actor, write))),
      json(premises.map(({ connectionId, ...premise }) => ({ connection_id: connectionId, ...premise }))),
      currentTraceparent(),
    ]);
    return true;
  } catch (error) {
    if (isLostRace(error)) return false;
    throw error;
  }
};
