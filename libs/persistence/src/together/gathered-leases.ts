import type { Lease, Leases } from '@dialtone/engine';
import type { Queryable } from '../db';
import { acquireAll, releaseAll } from '../engine/leases.store';
import { Gathered } from './gathered';
import { overriding } from './overriding';

interface Acquiring {
  readonly resource: string;
  readonly owner: string;
  readonly ttlMs: number;
}

/** What a resource is part of, as its name says: an account, a connection. One that is part of nothing is alone. */
const groupOf = (resource: string): string => resource.slice(0, Math.max(0, resource.indexOf('/'))) || resource;

/** Leases of one account, or one connection, that are taken and given back at the same time. Each is had or refused by itself. */
export const gatheredLeases = (db: Queryable, leases: Leases): Leases => {
  const acquiring = new Gathered<Acquiring, Lease | null>(
    ({ resource, owner, ttlMs }) => JSON.stringify([groupOf(resource), owner, ttlMs]),
    (asks) =>
      acquireAll(
        db,
        asks.map(({ resource }) => resource),
        asks[0],
      ),
  );
  const releasing = new Gathered<Lease, undefined>(
    ({ resource }) => groupOf(resource),
    async (asks) => {
      await releaseAll(db, asks);
      return asks.map(() => undefined);
    },
  );
  return overriding(leases, {
    acquire: (resource, owner, ttlMs) => acquiring.ask({ resource, owner, ttlMs }),
    release: (lease) => releasing.ask(lease),
  });
};
