import type { ConnectionId, PartnerId, SectionWarning } from '@dialtone/domain';
import {
  sweepFindings,
  sweepResource,
  warningsAfter,
  watchTurn,
  type ClaimedSweep,
  type ConnectionAdvisory,
  type ConnectionMoment,
  type SweepQueue,
  type SweepReport,
} from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, hit, json, ms, type Queryable, text, wake } from '../db';
import { appendChange } from '../events/append-change';
import { SWEEP_RESOURCE } from './lease-resources';
import { endLease, LEASE_COLUMNS, type LeaseRow, toLease } from './leases.store';

export const SWEEPABLE = `c.status = 'ACTIVE' and c.provider = 'voicelink' and c.deleted_at is null`;

const claimWhere = (wanted: string): string => `
  with due as (
    select c.id, c.partner_id, c.writes_held, c.account_id, c.owner_known, ${SWEEP_RESOURCE} as resource from connections c
     where ${SWEEPABLE} and ${wanted}
       and not exists (select 1 from leases l where l.resource = ${SWEEP_RESOURCE} and l.expires_at > clock_timestamp())
     order by c.sweep_due_at limit 1
       for no key update of c skip locked
  ), leased as (
    insert into leases as l (resource, owner, epoch, expires_at)
    select resource, $1, nextval('lease_epoch'), clock_timestamp() + $2 * interval '1 millisecond' from due
    on conflict (resource) do update
      set owner = excluded.owner, epoch = nextval('lease_epoch'),
          expires_at = clock_timestamp() + $2 * interval '1 millisecond'
      where l.expires_at <= clock_timestamp()
    returning ${LEASE_COLUMNS}
  ), started as (
    update connections c set sweep_started_at = clock_timestamp() from due join leased using (resource) where c.id = due.id
  )
  select due.*, leased.owner, leased.epoch, leased.expires_at from due join leased using (resource)`;

const CLAIM = claimWhere('c.sweep_due_at <= now()');
const CLAIM_ONE = claimWhere('c.id = $3');

/** A sweep that was requested while this one ran is still due. One that read no list ($6 false) has verified nothing. */
const COMPLETED = `
         last_error_message = case when $6 or $2::text is not null then $2 else last_error_message end, last_swept_at = now(), updated_at = now(),
         last_verified_at = case when $6 and $2::text is null then now() else last_verified_at end,
         observed_through = case when $6 and $2::text is null then sweep_started_at else observed_through end,
         last_complete_sweep_at = case when $4 then sweep_started_at else last_complete_sweep_at end,
         credentials_refused = coalesce($5, credentials_refused),
         sweep_due_at = case when sweep_requested_at > sweep_started_at then now()
                             else now() + $3 * interval '1 millisecond' end`;
const COMPLETE = `
  update connections
     set warnings = $7, watched_since = coalesce(to_timestamp($8::float8 / 1000), watched_since), ${COMPLETED}
   where id = $1`;

/**
 * The same of a sweep that tells nothing: its warnings ($7) are those that are stored, and the watch was not interrupted for longer than $8 ms;
 * null: neither is asked. Without a row there may be something to tell, and nothing is written. Order of locks: connection, lease.
 */
const COMPLETE_QUIETLY = `
  with quiet as (
    select id from connections
     where id = $1 and ($7::jsonb is null or warnings = $7)
       and ($8::float8 is null or observed_through > clock_timestamp() - $8 * interval '1 millisecond')
       for no key update
  ), held as (
    select l.resource from quiet join leases l on l.resource = $9 and l.owner = $10 and l.epoch = $11
     where l.expires_at > clock_timestamp() for no key update of l
  ), ended as (
    update leases l set expires_at = '-infinity' from held where l.resource = held.resource returning 1
  ), completed as (
    update connections set ${COMPLETED} from ended where id = $1
  )
  select 1 from quiet`;

interface LockedConnection extends ConnectionMoment {
  readonly warnings: readonly SectionWarning[];
  readonly advisories: readonly ConnectionAdvisory[];
  readonly writesHeld: string | null;
  readonly observedThrough: number | null;
}

type ClaimRow = LeaseRow & {
  readonly id: ConnectionId;
  readonly partner_id: PartnerId;
  readonly writes_held: string | null;
  readonly account_id: string;
  readonly owner_known: boolean;
};

const toClaimed = (row: ClaimRow | null): ClaimedSweep | null =>
  row && {
    connection: {
      id: row.id,
      partnerId: row.partner_id,
      writesHeld: row.writes_held,
      accountId: row.account_id,
      isOwnerKnown: row.owner_known,
    },
    lease: toLease(row),
  };

/** Order of locks: connection, lease. */
export class SweepQueueStore implements SweepQueue {
  constructor(private readonly ds: DataSource) {}

  async claimSweep(owner: string, leaseTtlMs: number): Promise<ClaimedSweep | null> {
    return toClaimed(await firstRow<ClaimRow>(this.ds, CLAIM, [owner, leaseTtlMs]));
  }

  async claimSweepOf(id: ConnectionId, owner: string, leaseTtlMs: number): Promise<ClaimedSweep | null> {
    return toClaimed(await firstRow<ClaimRow>(this.ds, CLAIM_ONE, [owner, leaseTtlMs, id]));
  }

  async completeSweep(claimed: ClaimedSweep, report: SweepReport, nextInMs: number): Promise<void> {
    const { id } = claimed.connection;
    const { hasRead, isComplete, credentialsRefused } = sweepFindings(report);
    const error = report.error === null ? null : text(report.error);
    const found = [id, error, nextInMs, isComplete, credentialsRefused, hasRead];
    const isWatch = hasRead && error === null;
    if (await this.completeQuietly(claimed, report, { found, isWatch })) return;
    await this.ds.transaction(async (tx) => {
      const before = await lockConnection(tx, id);
      if (!(await endLease(tx, claimed.lease)) || before === null) return;
      const { warnings, events } = warningsAfter(before, before.warnings, report);
      const watchedSince = isWatch ? watchedAfter(before, report) : null;
      await tx.query(COMPLETE, [...found, json(warnings), watchedSince]);
      await appendChange(tx, { events });
      if (watchedSince !== null && events.length === 0) await wake(tx);
    });
  }

  /** False: there may be something to tell, and nothing is written. */
  private completeQuietly(
    { lease }: ClaimedSweep,
    { warnings, freshForMs }: SweepReport,
    { found, isWatch }: { readonly found: readonly unknown[]; readonly isWatch: boolean },
  ): Promise<boolean> {
    const asked = [warnings && json(warnings), isWatch ? (freshForMs ?? null) : null];
    const { resource, owner, epoch } = lease;
    return hit(this.ds, COMPLETE_QUIETLY, [...found, ...asked, resource, owner, epoch.toString()]);
  }
}

const watchedAfter = ({ now, observedThrough }: LockedConnection, { freshForMs }: SweepReport): number | null =>
  freshForMs === undefined ? null : watchTurn(now, { freshForMs, observedThrough });

/** The rows of a connection's state, locked until the transaction ends. */
export const lockConnection = (db: Queryable, id: ConnectionId): Promise<LockedConnection | null> =>
  firstRow<LockedConnection>(
    db,
    `select id as "connectionId", partner_id as "partnerId", warnings, advisories, writes_held as "writesHeld",
            ${ms('observed_through')} as "observedThrough", ${ms('clock_timestamp()')} as now
       from connections where id = $1 for no key update`,
    [id],
  );

/** The caller has locked the connection. A running sweep loses its lease, so its findings are not stored. Locks the lease after the connection. */
export const discardSweep = async (db: Queryable, id: ConnectionId): Promise<void> => {
  await db.query(`update leases set expires_at = '-infinity' where resource = $1 and expires_at > clock_timestamp()`, [
    sweepResource(id),
  ]);
};
