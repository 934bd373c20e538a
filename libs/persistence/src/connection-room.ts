import type { DataSource } from 'typeorm';
import { poolUse } from './pool-use';

/** Connections of a PostgreSQL server. */
export interface ConnectionRoom {
  /** `max_connections`. */
  readonly most: number;
  /** Of these, kept for superusers and for roles with `pg_use_reserved_connections`. */
  readonly reserved: number;
  /** Open now, to any database, without those of the pool that asks. */
  readonly open: number;
}

/** `reserved_connections` came with version 16. Every role may read the counts of `pg_stat_database`. */
const ROOM = `
  select current_setting('max_connections')::int as most,
         current_setting('superuser_reserved_connections')::int
           + coalesce(current_setting('reserved_connections', true)::int, 0) as reserved,
         (select sum(numbackends) from pg_stat_database)::int as backends`;

export const readConnectionRoom = async (ds: DataSource): Promise<ConnectionRoom> => {
  const [row] = await ds.query<{ most: number; reserved: number; backends: number }[]>(ROOM);
  if (row === undefined) throw new Error('PostgreSQL did not tell its connections.');
  const { most, reserved, backends } = row;
  const { busy, idle } = poolUse(ds);
  return { most, reserved, open: Math.max(0, backends - busy - idle) };
};
