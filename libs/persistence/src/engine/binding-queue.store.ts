import type { Binding, BindingId, ConnectionId, DidKey } from '@dialtone/domain';
import {
  completionOf,
  contestEvent,
  repairTurn,
  messageOf,
  stallReasonOf,
  statusEvent,
  type BindingQueue,
  type ClaimedBinding,
  type Completion,
  type Contest,
  type Course,
  type LockedBinding,
  type Outcome,
  type RepairTurn,
  type StallReason,
  type StallStatus,
} from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { currentTraceparent } from '@dialtone/tracing';
import { firstRow, json, ms, type Queryable, rows, text, wake } from '../db';
import { appendChange, inTrace } from '../events/append-change';
import { BINDING_COLUMNS, type BindingRow, toBinding } from './binding-rows';
import { lockDids, nextEventSeq, nextEventSeqs } from './key-rows';
import { endReleased } from './released-bindings';
import { DID_RESOURCE } from './lease-resources';
import { endLeases, LEASE_COLUMNS, type LeaseRow, toLease } from './leases.store';

/** Columns of `bindings b`. */
const REPAIRS = `${ms('b.repairs_from')} as repairs_from, b.contest`;

/**
 * Due bindings of active connections whose DID is not leased. Their rows are locked only while the leases are written:
 * from then on the lease excludes other workers, and if it expires without a result the binding is still due.
 */
const CLAIM = `
  with due as (
    select ${BINDING_COLUMNS}, b.attempts, b.outcome, b.message, b.stalls, b.trigger_seq, b.due_at, b.traceparent, ${REPAIRS}, ${DID_RESOURCE} as resource
      from bindings b join connections c on c.id = b.connection_id
     where b.due_at <= now() and c.status = 'ACTIVE' and c.deleted_at is null
       and not exists (select 1 from leases l where l.resource = ${DID_RESOURCE} and l.expires_at > clock_timestamp())
     order by b.due_at limit $2
       for no key update of b skip locked
  ), leased as (
    insert into leases as l (resource, owner, epoch, expires_at)
    select resource, $1, nextval('lease_epoch'), clock_timestamp() + $3 * interval '1 millisecond'
      from due order by resource
    on conflict (resource) do update
      set owner = excluded.owner, epoch = nextval('lease_epoch'),
          expires_at = clock_timestamp() + $3 * interval '1 millisecond'
      where l.expires_at <= clock_timestamp()
    returning ${LEASE_COLUMNS}
  )
  select due.*, ${ms('now()')} - ${ms('due.due_at')} as overdue_ms, leased.owner, leased.epoch, leased.expires_at from due join leased using (resource) order by due.due_at`;

/** A due binding whose DID is leased counts from the end of that lease. */
const NEXT_DUE = `
  select ceil(extract(epoch from least(
    (select b.due_at from bindings b join connections c on c.id = b.connection_id
      where c.status = 'ACTIVE' and c.deleted_at is null
        and not exists (select 1 from leases l where l.resource = ${DID_RESOURCE} and l.expires_at > now())
      order by b.due_at limit 1),
    (select min(greatest(l.expires_at, b.due_at)) from bindings b join connections c on c.id = b.connection_id
       join leases l on l.resource = ${DID_RESOURCE} and l.expires_at > now()
      where c.status = 'ACTIVE' and c.deleted_at is null)
  ) - now()) * 1000)::float8 as due_in`;

interface ClaimRow extends BindingRow, LeaseRow, StallStatus {
  readonly attempts: number;
  readonly trigger_seq: string;
  readonly overdue_ms: number;
  readonly repairs_from: number;
  readonly contest: Contest | null;
  readonly traceparent: string | null;
}

type LockedRow = Pick<Binding, 'id'> &
  Omit<LockedBinding, 'generation' | 'observedGeneration' | 'triggerSeq' | 'countFrom'> & {
    readonly generation: string;
    readonly observed_generation: string;
    readonly trigger_seq: string;
    readonly repairs_from: number;
    readonly flaps: boolean;
    readonly now: number;
  };

const LOCK = `select id, generation, plan, trigger_seq, outcome, message, attempts, stalls, observed_generation, ${ms('repairs_from')} as repairs_from, ${ms('clock_timestamp()')} as now,
       exists (select 1 from dids d where d.connection_id = b.connection_id and d.key = b.key and d.flaps_until is not null) as flaps
    from bindings b where id = any($1::uuid[]) order by key for no key update`;

const toLocked = (row: LockedRow): LockedBinding => ({
  outcome: row.outcome,
  message: row.message,
  attempts: row.attempts,
  stalls: row.stalls,
  plan: row.plan,
  generation: Number(row.generation),
  observedGeneration: Number(row.observed_generation),
  triggerSeq: BigInt(row.trigger_seq),
  countFrom: row.repairs_from,
  flaps: row.flaps,
});

/** What one claimed declaration has come to. */
export interface Completing {
  readonly claimed: ClaimedBinding;
  readonly outcome: Outcome;
  readonly delayMs: number;
  readonly course: Course | null;
  /** The trace of this work, which the events of its outcome belong to. */
  readonly traceparent: string | null;
}

/** One whose lease was still held. */
interface Completed extends Completing {
  readonly locked: LockedRow;
  readonly completion: Completion;
  readonly reason: StallReason | null;
}

/** See `BindingQueue.complete`, of several declarations of one connection in one transaction. */
export const completeAll = (
  ds: DataSource,
  connectionId: ConnectionId,
  completing: readonly Completing[],
): Promise<void> =>
  ds.transaction(async (tx) => {
    const keys = completing.map(({ claimed }) => claimed.binding.key);
    await lockDids(tx, connectionId, keys);
    const ids = completing.map(({ claimed }) => claimed.binding.id);
    const locked = new Map((await rows<LockedRow>(tx, LOCK, [ids])).map((row) => [row.id, row]));
    const held = await endLeases(
      tx,
      completing.map(({ claimed }) => claimed.lease),
    );
    // Lease lost: the new holder of the DID writes the outcome. Binding removed: there is no row for the outcome.
    const completed = completing.flatMap((one): readonly Completed[] => {
      const row = locked.get(one.claimed.binding.id);
      return row === undefined || !held.has(one.claimed.lease.epoch) ? [] : [completedOf(one, row)];
    });
    await writeCompleted(tx, connectionId, completed);
  });

const completedOf = (one: Completing, locked: LockedRow): Completed => {
  const { claimed, outcome, delayMs, course } = one;
  const message = messageOf(outcome);
  const reason = stallReasonOf(outcome);
  const result = { outcome: outcome.kind, message: message === null ? null : text(message), reason, course };
  return { ...one, locked, reason, completion: completionOf(claimed, toLocked(locked), result, delayMs) };
};

const writeCompleted = async (
  tx: Queryable,
  connectionId: ConnectionId,
  completed: readonly Completed[],
): Promise<void> => {
  const [released, standing] = [true, false].map((isReleased) =>
    completed.filter(({ completion }) => completion.isReleased === isReleased),
  ) as [Completed[], Completed[]];
  for (const { claimed, locked, completion, traceparent } of released)
    await endReleased(tx, claimed.binding, { now: locked.now, history: completion.history, traceparent });
  await writeResults(tx, standing);
  for (const { claimed, locked, outcome, traceparent } of standing) {
    const turn = repairTurn(claimed, toLocked(locked), outcome, locked.now);
    if (turn !== null) await writeTurn(tx, claimed.binding, turn, { now: locked.now, traceparent });
  }
  if (standing.some(({ completion }) => completion.isTriggered || completion.isWithheld)) await wake(tx);
  const news = standing.filter(({ completion }) => completion.isNews);
  const seqs = await nextEventSeqs(
    tx,
    connectionId,
    news.map(({ claimed }) => claimed.binding.key),
  );
  await appendChange(tx, {
    events: news.map(({ claimed: { binding }, completion: { status }, outcome, locked: { now }, traceparent }) =>
      inTrace(
        statusEvent(binding, { ...status, outcome: outcome.kind }, { seq: seqs.get(binding.key) ?? 0, now }),
        traceparent,
      ),
    ),
    history: standing.flatMap(({ completion }) => completion.history),
  });
};

/** The work queue. Order of locks, as everywhere: DID, binding, lease. */
export class BindingQueueStore implements BindingQueue {
  constructor(private readonly ds: DataSource) {}

  async claim(owner: string, limit: number, leaseTtlMs: number): Promise<readonly ClaimedBinding[]> {
    const claimed = await rows<ClaimRow>(this.ds, CLAIM, [owner, limit, leaseTtlMs]);
    return claimed.map((row) => ({
      binding: toBinding(row),
      lease: toLease(row),
      attempts: row.attempts,
      before: { outcome: row.outcome, message: row.message, stalls: row.stalls },
      repairs: { countFrom: row.repairs_from, contest: row.contest },
      triggerSeq: BigInt(row.trigger_seq),
      overdueMs: row.overdue_ms,
      ...(row.traceparent !== null && { traceparent: row.traceparent }),
    }));
  }

  async complete(
    claimed: ClaimedBinding,
    outcome: Outcome,
    delayMs: number,
    course: Course | null = null,
  ): Promise<void> {
    const traceparent = currentTraceparent();
    await completeAll(this.ds, claimed.binding.connectionId, [{ claimed, outcome, delayMs, course, traceparent }]);
  }

  async nextDueInMs(): Promise<number | null> {
    const row = await firstRow<{ due_in: number | null }>(this.ds, NEXT_DUE);
    const dueIn = row?.due_in ?? null;
    return dueIn === null ? null : Math.max(0, dueIn);
  }

  async find(connectionId: ConnectionId, key: DidKey): Promise<Binding | null> {
    const row = await firstRow<BindingRow>(
      this.ds,
      `select ${BINDING_COLUMNS} from bindings b where b.connection_id = $1 and b.key = $2`,
      [connectionId, key],
    );
    return row === null ? null : toBinding(row);
  }

  async findById(id: BindingId): Promise<Binding | null> {
    const row = await firstRow<BindingRow>(this.ds, `select ${BINDING_COLUMNS} from bindings b where b.id = $1`, [id]);
    return row === null ? null : toBinding(row);
  }
}

const writeTurn = async (
  tx: Queryable,
  binding: Binding,
  { repairs, begun, history }: RepairTurn,
  { now, traceparent }: { readonly now: number; readonly traceparent: string | null },
): Promise<void> => {
  await tx.query('update bindings set contest = $2, repairs_from = to_timestamp($3::float8 / 1000) where id = $1', [
    binding.id,
    repairs.contest && json(repairs.contest),
    repairs.countFrom,
  ]);
  if (begun === null) return appendChange(tx, { history });
  const seq = await nextEventSeq(tx, binding.connectionId, binding.key);
  await appendChange(tx, { events: [inTrace(contestEvent(binding, begun, { seq, now }), traceparent)], history });
};

const writeResults = async (db: Queryable, completed: readonly Completed[]): Promise<void> => {
  if (completed.length === 0) return;
  const statuses = completed.map(({ completion }) => completion.status);
  await db.query(
    `update bindings b
        set outcome = u.outcome, message = u.message, attempts = u.attempts, observed_generation = u.observed_generation,
            stalls = u.stalls, stall_reason = u.stall_reason, plan = u.plan,
            handled_token = case when u.is_triggered then b.handled_token else b.asked_token end,
            told_status = case when u.is_withheld then coalesce(b.told_status, jsonb_build_object('outcome', b.outcome, 'message', b.message))
                               when u.is_news then null else b.told_status end,
            traceparent = case when u.is_triggered or u.outcome not in ('settled', 'stalled') then b.traceparent end,
            due_at = clock_timestamp() + u.delay_ms * interval '1 millisecond', last_reconciled_at = clock_timestamp()
       from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::float8[], $7::int[], $8::text[], $9::text[],
                   $10::boolean[], $11::boolean[], $12::boolean[])
         as u (id, outcome, message, attempts, observed_generation, delay_ms, stalls, stall_reason, plan, is_triggered, is_withheld, is_news)
      where b.id = u.id`,
    [
      completed.map(({ claimed }) => claimed.binding.id),
      statuses.map(({ outcome }) => outcome),
      statuses.map(({ message }) => message),
      statuses.map(({ attempts }) => attempts),
      statuses.map(({ observedGeneration }) => observedGeneration),
      completed.map(({ completion }) => completion.delayMs),
      statuses.map(({ stalls }) => stalls),
      completed.map(({ reason }) => reason),
      completed.map(({ completion }) => completion.plan),
      completed.map(({ completion }) => completion.isTriggered),
      completed.map(({ completion }) => completion.isWithheld),
      completed.map(({ completion }) => completion.isNews),
    ],
  );
};
