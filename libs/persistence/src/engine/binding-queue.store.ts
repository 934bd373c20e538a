import type { BindingStatusData } from '@dialtone/contracts';
import { type Binding, type BindingId, type ConnectionId, type DidKey, phoneNumberOf } from '@dialtone/domain';
import type { BindingQueue, ClaimedBinding, Outcome } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, ms, type Queryable, rows, text, wake } from '../db';
import { appendEvents } from '../events/new-event';
import { BINDING_COLUMNS, type BindingRow, toBinding } from './binding-rows';
import { lockDids, nextEventSeq } from './key-rows';
import { endLease, LEASE_COLUMNS, type LeaseRow, toLease } from './leases.store';

/** The lease resource of a binding's DID; the same text as the engine's `didResource`. */
const RESOURCE = `'did:' || b.connection_id || '/' || b.key`;

/**
 * Due bindings of active connections whose DID nobody holds. Their rows are locked only while the leases are written:
 * from then on the lease keeps others away, and when it expires without a result the binding is simply still due.
 */
const CLAIM = `
  with due as (
    select ${BINDING_COLUMNS}, b.attempts, b.trigger_seq, b.due_at, ${RESOURCE} as resource
      from bindings b join connections c on c.id = b.connection_id
     where b.due_at <= now() and c.status = 'ACTIVE' and c.deleted_at is null
       and not exists (select 1 from leases l where l.resource = ${RESOURCE} and l.expires_at > clock_timestamp())
     order by b.due_at limit $2
       for no key update of b skip locked
  ), held as (
    insert into leases as l (resource, owner, epoch, expires_at)
    select resource, $1, nextval('lease_epoch'), clock_timestamp() + $3 * interval '1 millisecond'
      from due order by resource
    on conflict (resource) do update
      set owner = excluded.owner, epoch = nextval('lease_epoch'),
          expires_at = clock_timestamp() + $3 * interval '1 millisecond'
      where l.expires_at <= clock_timestamp()
    returning ${LEASE_COLUMNS}
  )
  select due.*, ${ms('now()')} - ${ms('due.due_at')} as overdue_ms, held.owner, held.epoch, held.expires_at from due join held using (resource) order by due.due_at`;

/** A due binding whose DID is held counts from the end of that lease. */
const NEXT_DUE = `
  select ceil(extract(epoch from least(
    (select b.due_at from bindings b join connections c on c.id = b.connection_id
      where c.status = 'ACTIVE' and c.deleted_at is null
        and not exists (select 1 from leases l where l.resource = ${RESOURCE} and l.expires_at > now())
      order by b.due_at limit 1),
    (select min(greatest(l.expires_at, b.due_at)) from bindings b join connections c on c.id = b.connection_id
       join leases l on l.resource = ${RESOURCE} and l.expires_at > now()
      where c.status = 'ACTIVE' and c.deleted_at is null)
  ) - now()) * 1000)::float8 as due_in`;

interface ClaimRow extends BindingRow, LeaseRow {
  readonly attempts: number;
  readonly trigger_seq: string;
  readonly overdue_ms: number;
}

interface CurrentRow {
  readonly generation: string;
  readonly trigger_seq: string;
  readonly outcome: string;
  readonly message: string | null;
  readonly attempts: number;
  readonly now: number;
}

/** The work queue. Order of locks, as everywhere: DID, binding, lease. */
export class BindingQueueStore implements BindingQueue {
  constructor(private readonly ds: DataSource) {}

  async claim(owner: string, limit: number, leaseTtlMs: number): Promise<readonly ClaimedBinding[]> {
    const claimed = await rows<ClaimRow>(this.ds, CLAIM, [owner, limit, leaseTtlMs]);
    return claimed.map((row) => ({
      binding: toBinding(row),
      lease: toLease(row),
      attempts: row.attempts,
      triggerSeq: BigInt(row.trigger_seq),
      overdueMs: row.overdue_ms,
    }));
  }

  async complete(claimed: ClaimedBinding, outcome: Outcome, delayMs: number): Promise<void> {
    const { binding, lease, triggerSeq } = claimed;
    await this.ds.transaction(async (tx) => {
      await lockDids(tx, binding.connectionId, [binding.key]);
      const current = await firstRow<CurrentRow>(
        tx,
        `select generation, trigger_seq, outcome, message, attempts, ${ms('clock_timestamp()')} as now
           from bindings where id = $1 for no key update`,
        [binding.id],
      );
      // Lost: whoever holds the DID now writes the outcome. Removed: there is nothing to write it to.
      if (!(await endLease(tx, lease)) || current === null) return;
      const result = resultOf(current, binding, outcome);
      const triggered = BigInt(current.trigger_seq) !== triggerSeq;
      await writeResult(tx, binding, { ...result, delayMs: triggered ? 0 : delayMs });
      if (triggered) await wake(tx);
      if (result.changed) await logStatus(tx, binding, { ...result, occurredAt: current.now });
    });
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

interface Result {
  readonly outcome: string;
  readonly message: string | null;
  readonly attempts: number;
  /** The status differs from the one before. */
  readonly changed: boolean;
}

const resultOf = (current: CurrentRow, worked: Binding, outcome: Outcome): Result => {
  const attempts = attemptsAfter(outcome, current.attempts);
  // The declaration was changed during the work: its status stays pending until that generation was worked on.
  if (Number(current.generation) !== worked.generation) return { ...current, attempts: 0, changed: false };
  const message = messageOf(outcome);
  const changed = current.outcome !== outcome.kind || current.message !== message;
  return { outcome: outcome.kind, message, attempts, changed };
};

/** A known wait is no attempt that failed: what comes after it is not backed off from the further. */
const attemptsAfter = ({ kind }: Outcome, attempts: number): number => {
  if (kind === 'settled') return 0;
  return kind === 'progressing' ? attempts : attempts + 1;
};

const messageOf = (outcome: Outcome): string | null => {
  switch (outcome.kind) {
    case 'settled':
      return null;
    case 'progressing':
      return text(outcome.reason);
    case 'retry':
      return text(outcome.error);
    case 'stalled':
      return text(outcome.message);
  }
};

const writeResult = async (
  db: Queryable,
  worked: Binding,
  result: Result & { readonly delayMs: number },
): Promise<void> => {
  await db.query(
    `update bindings
        set outcome = $2, message = $3, attempts = $4, observed_generation = greatest(observed_generation, $5),
            due_at = clock_timestamp() + $6 * interval '1 millisecond', last_reconciled_at = clock_timestamp()
      where id = $1`,
    [worked.id, result.outcome, result.message, result.attempts, worked.generation, result.delayMs],
  );
};

const logStatus = async (
  db: Queryable,
  binding: Binding,
  result: Result & { readonly occurredAt: number },
): Promise<void> => {
  const seq = await nextEventSeq(db, binding.connectionId, binding.key);
  const data: BindingStatusData = {
    connection_id: binding.connectionId,
    partner_id: binding.partnerId,
    key: binding.key,
    phone_number: phoneNumberOf(binding.key),
    seq,
    occurred_at: new Date(result.occurredAt).toISOString(),
    binding_id: binding.id,
    generation: binding.generation,
    outcome: result.outcome as BindingStatusData['outcome'],
    message: result.message,
    observed_generation: binding.generation,
    attempts: result.attempts,
  };
  await appendEvents(db, [
    { type: 'dialtone.binding.status.v1', connection_id: binding.connectionId, key: binding.key, seq, data },
  ]);
};
