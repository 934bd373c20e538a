import type { Lease, Leases } from '@dialtone/engine';
import { firstRow, hit, ms, type Queryable, rows, WAKE_CHANNEL } from '../db';

export interface LeaseRow {
  readonly resource: string;
  readonly owner: string;
  readonly epoch: string;
  readonly expires_at: number;
}

export const LEASE_COLUMNS = `resource, owner, epoch, ${ms('expires_at')} as expires_at`;

export const toLease = (row: LeaseRow): Lease => ({
  resource: row.resource,
  owner: row.owner,
  epoch: BigInt(row.epoch),
  expiresAt: row.expires_at,
});

/**
 * Ends leases inside the caller's transaction, locking them in the order of their names. Returns the epochs of those that had not
 * been lost before. The expired rows stay: after a delete, a waiting acquirer could insert an epoch that is lower than one of a later
 * holder.
 */
export const endLeases = async (db: Queryable, leases: readonly Lease[]): Promise<ReadonlySet<bigint>> => {
  const ended = await rows<{ epoch: string }>(
    db,
    `with held as (
       select l.resource from leases l
         join unnest($1::text[], $2::text[], $3::bigint[]) as given (resource, owner, epoch) using (resource, owner, epoch)
        where l.expires_at > clock_timestamp() order by l.resource for no key update of l
     )
     update leases l set expires_at = '-infinity' from held where l.resource = held.resource returning l.epoch`,
    [
      leases.map(({ resource }) => resource),
      leases.map(({ owner }) => owner),
      leases.map(({ epoch }) => epoch.toString()),
    ],
  );
  return new Set(ended.map(({ epoch }) => BigInt(epoch)));
};

/** The same of one; false when it was lost before. */
export const endLease = async (db: Queryable, lease: Lease): Promise<boolean> =>
  (await endLeases(db, [lease])).has(lease.epoch);

export class LeaseStore implements Leases {
  constructor(private readonly db: Queryable) {}

  /** Waiting callers ask repeatedly: while the lease is held, asking only reads; it neither locks the row nor writes. */
  async acquire(resource: string, owner: string, ttlMs: number): Promise<Lease | null> {
    const row = await firstRow<LeaseRow>(
      this.db,
      `insert into leases as l (resource, owner, epoch, expires_at)
       select $1, $2, nextval('lease_epoch'), clock_timestamp() + $3 * interval '1 millisecond'
        where not exists (select 1 from leases where resource = $1 and expires_at > clock_timestamp())
       on conflict (resource) do update
         set owner = excluded.owner, epoch = nextval('lease_epoch'),
             expires_at = clock_timestamp() + $3 * interval '1 millisecond'
         where l.expires_at <= clock_timestamp()
       returning ${LEASE_COLUMNS}`,
      [resource, owner, ttlMs],
    );
    return row === null ? null : toLease(row);
  }

  renew(lease: Lease, ttlMs: number): Promise<boolean> {
    return hit(
      this.db,
      `update leases set expires_at = clock_timestamp() + $4 * interval '1 millisecond'
        where resource = $1 and owner = $2 and epoch = $3 and expires_at > clock_timestamp() returning 1`,
      [lease.resource, lease.owner, lease.epoch.toString(), ttlMs],
    );
  }

  async release(lease: Lease): Promise<void> {
    // A binding that became due while its DID was leased is claimable now.
    await this.db.query(
      `with ended as (
         update leases set expires_at = '-infinity' where resource = $1 and owner = $2 and epoch = $3 returning 1
       ) select pg_notify('${WAKE_CHANNEL}', '') from ended`,
      [lease.resource, lease.owner, lease.epoch.toString()],
    );
  }
}
