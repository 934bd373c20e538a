import { FENCED_KINDS } from '@dialtone/engine';
import type { QueryResult } from 'pg';
import { WAKE_CHANNEL } from './db';

/** One session of the server, as long as it lasts. */
interface OwnerSession {
  query(sql: string, parameters?: readonly unknown[]): Promise<Pick<QueryResult<{ readonly id: number }>, 'rows'>>;
}

/** The first key of the advisory locks that tell who lives; no other lock of Dialtone has it. */
const CLASS = 1_146_376_023;

const HELD = `locktype = 'advisory' and classid = ${String(CLASS)} and objsubid = 2 and granted
  and database = (select oid from pg_database where datname = current_database())`;

/** Shared: a session of the same owner that the server has not found lost yet is in nobody's way. */
const HOLD = `select pg_advisory_lock_shared(${String(CLASS)}, hashtext($1))`;
const LIVING = `select objid::bigint::float8 as id from pg_locks where ${HELD}`;

/** As a lease that runs out: whoever is the next holder gets a higher epoch. A journal entry under way is waited for. */
const END = `
  with dead as (
    select l.resource from leases l
     where hashtext(l.owner)::oid::bigint = any($1::bigint[]) and l.expires_at > clock_timestamp()
       and split_part(l.resource, ':', 1) = any($2::text[])
       and not exists (select 1 from pg_locks where ${HELD} and objid = hashtext(l.owner)::oid)
     order by l.resource for no key update of l
  ), ended as (
    update leases l set expires_at = '-infinity' from dead where l.resource = dead.resource returning 1
  ) select pg_notify('${WAKE_CHANNEL}', '') from ended`;

/**
 * Who of the owners of leases lives, told by an advisory lock of a session of each: it ends with its process, however that ends.
 *
 * Leases of an owner end when it was seen here and then missed twice: one that reconnects in between keeps them, and one that never held
 * such a lock is never missed. Only leases whose work is fenced end so; an owner that lost its session and lives finds the lease lost.
 */
export class OwnerSessions {
  private seen: ReadonlySet<number> = new Set();
  private missed: ReadonlySet<number> = new Set();

  constructor(private readonly owner: string) {}

  /** For as long as the session lasts. */
  async hold(session: OwnerSession): Promise<void> {
    await session.query(HOLD, [this.owner]);
  }

  /** Looks who lives, and ends the leases of those who were missed before. */
  async look(session: OwnerSession): Promise<void> {
    const { rows } = await session.query(LIVING);
    const living = new Set(rows.map(({ id }) => id));
    const absent = [...this.seen].filter((id) => !living.has(id));
    const dead = absent.filter((id) => this.missed.has(id));
    if (dead.length > 0) await session.query(END, [dead, FENCED_KINDS]);
    this.missed = new Set(absent.filter((id) => !dead.includes(id)));
    this.seen = new Set([...living, ...this.missed]);
  }
}
