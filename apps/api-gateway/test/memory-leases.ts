import type { Lease, Leases } from '@dialtone/engine';

/** Leases by the clock of the process. */
export class MemoryLeases implements Leases {
  private readonly held = new Map<string, Lease>();
  private epoch = 0n;
  /** Every resource that was acquired, in order. */
  readonly acquired: string[] = [];

  acquire(resource: string, owner: string, ttlMs: number): Promise<Lease | null> {
    if (this.isHeld(resource)) return Promise.resolve(null);
    this.epoch += 1n;
    const lease = { resource, owner, epoch: this.epoch, expiresAt: Date.now() + ttlMs };
    this.held.set(resource, lease);
    this.acquired.push(resource);
    return Promise.resolve(lease);
  }

  renew(lease: Lease, ttlMs: number): Promise<boolean> {
    const holds = this.holds(lease);
    if (holds) this.held.set(lease.resource, { ...lease, expiresAt: Date.now() + ttlMs });
    return Promise.resolve(holds);
  }

  release(lease: Lease): Promise<void> {
    if (this.held.get(lease.resource)?.epoch === lease.epoch) this.held.delete(lease.resource);
    return Promise.resolve();
  }

  holds({ resource, epoch }: Lease): boolean {
    return this.isHeld(resource) && this.held.get(resource)?.epoch === epoch;
  }

  isHeld(resource: string): boolean {
    const lease = this.held.get(resource);
    return lease !== undefined && lease.expiresAt > Date.now();
  }

  clear(): void {
    this.held.clear();
    this.acquired.length = 0;
  }
}
