import type { Clock, Lease, Leases } from '@dialtone/engine';

/** After a turn that failed: a database that is back has a sequencer and a relay soon. */
const RETRY_MS = 1_000;

/**
 * Holds a lease for as long as the process lives, competing with other replicas for it.
 *
 * `held` is judged by this process's clock from before each renewal was asked for, and ends a fifth early: a process that
 * was paused finds that it holds nothing any more before it does anything.
 */
export class HeldLease {
  private lease: Lease | null = null;
  private inDoubtEnd = 0;

  constructor(
    private readonly deps: {
      readonly leases: Leases;
      readonly clock: Clock;
      readonly owner: string;
      readonly ttlMs: number;
    },
    private readonly resource: string,
  ) {}

  get held(): boolean {
    return this.lease !== null && this.deps.clock.now() < this.inDoubtEnd;
  }

  /** Competes until the signal aborts, then lets go. Never rejects: a store that is away means that nothing is held. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isDone = await this.turn().then(
        () => true,
        () => false,
      );
      const third = this.deps.ttlMs / 3;
      await this.deps.clock.sleep(isDone ? third : Math.min(third, RETRY_MS), signal);
    }
    const { lease } = this;
    this.lease = null;
    if (lease !== null) await this.deps.leases.release(lease).catch(() => undefined);
  }

  private async turn(): Promise<void> {
    const { leases, clock, owner, ttlMs } = this.deps;
    const askedAt = clock.now();
    if (this.lease === null) this.lease = await leases.acquire(this.resource, owner, ttlMs);
    else if (!(await leases.renew(this.lease, ttlMs))) this.lease = null;
    if (this.lease !== null) this.inDoubtEnd = askedAt + ttlMs * 0.8;
  }
}
