import type { Lease, Leases } from '@dialtone/engine';
import type { Tables } from './tables';

export class InMemoryLeases implements Leases {
  constructor(private readonly tables: Tables) {}

  acquire(resource: string, owner: string, ttlMs: number): Promise<Lease | null> {
    return Promise.resolve(this.tables.grant(resource, owner, ttlMs));
  }

  renew(lease: Lease, ttlMs: number): Promise<boolean> {
    const { tables } = this;
    if (!tables.holds(lease)) return Promise.resolve(false);
    tables.leases.set(lease.resource, { ...lease, expiresAt: tables.clock.now() + ttlMs });
    return Promise.resolve(true);
  }

  /** Whether the store takes what is done under it. */
  holds(lease: Lease): boolean {
    return this.tables.holds(lease);
  }

  release(lease: Lease): Promise<void> {
    this.tables.end(lease);
    return Promise.resolve();
  }
}
