import type { Lease, Leases } from '@dialtone/engine';
import { hit, ms, type Queryable, rows, WAKE_CHANNEL } from '../db';

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

const ACQUIRE = `
  insert into leases as l (resource, owner, epoch, expires_at)
  select asked.resource, $2, nextval('lease_epoch'), clock_timestamp() + $3 * interval '1 millisecond'
    from unnest($1::text[]) asked (resource)
   where not exists (select 1 from leases held where held.resource = asked.resource and held.expires_at > clock_timestamp())
   order by asked.resource
  on conflict (resource) do update
    set owner = excluded.owner, epoch = nextval('lease_epoch'),
        expires_at = clock_timestamp() + $3 * interval '1 millisecond'
    where l.expires_at <= clock_timestamp()
  returning ${LEASE_COLUMNS}`;

/** See `Leases.acquire`, of several resources of one owner; null for those that are held. Their rows are locked in the order of their names. */
export const acquireAll = async (
  db: Queryable,
  resources: readonly string[],
  { owner, ttlMs }: { readonly owner: string; readonly ttlMs: number },
): Promise<readonly (Lease | null)[]> => {
  const got = await rows<LeaseRow>(db, ACQUIRE, [[...new Set(resources)], owner, ttlMs]);
  const leases = new Map(got.map((row) => [row.resource, toLease(row)]));
  return resources.map((resource) => {
    const lease = leases.get(resource) ?? null;
    // Who asks for the same one in the same statement finds it held.
    leases.delete(resource);
    return lease;
  });
};

/** A binding that became due while its DID was leased is claimable now. For a client's bots nobody is woken: who needs them asks again. */
const RELEASE = `
  with held as (
    select l.resource from leases l join unnest($1::text[], $2::text[], $3::bigint[]) as given (resource, owner, epoch) using (resource, owner, epoch)
     order by l.resource for no key update of l
  ), ended as (
    update leases l set expires_at = '-infinity' from held where l.resource = held.resource returning l.resource
  )
  select pg_notify('${WAKE_CHANNEL}', '') from ended where not resource ^@ 'client-bots:' limit 1`;

/** See `Leases.release`, of several. */
export const releaseAll = async (db: Queryable, leases: readonly Lease[]): Promise<void> => {
  await db.query(RELEASE, [
    leases.map(({ resource }) => resource),
    leases.map(({ owner }) => owner),
    leases.map(({ epoch }) => epoch.toString()),
  ]);
};

export class LeaseStore implements Leases {
  constructor(private readonly db: Queryable) {}

  /** Waiting callers ask repeatedly: while the lease is held, asking only reads; it neither locks the row nor writes. */
  async acquire(resource: string, owner: string, ttlMs: number): Promise<Lease | null> {
    const [lease = null] = await acquireAll(this.db, [resource], { owner, ttlMs });
    return lease;
  }

  renew(lease: Lease, ttlMs: number): Promise<boolean> {
    return hit(
      this.db,
      `update leases set expires_at = clock_timestamp() + $4 * interval '1 millisecond'
        where resource = $1 and owner = $2 and epoch = $3 and expires_at > clock_timestamp() returning 1`,
      [lease.resource, lease.owner, lease.epoch.toString(), ttlMs],
    );
  }

  release(lease: Lease): Promise<void> {
    return releaseAll(this.db, [lease]);
  }
}
