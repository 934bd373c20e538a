import type { Clock } from '../ports/clock';
import type { Lease, Leases } from '../ports/leases';

/** A reason: without one an error with a stack is made, for each unit of work. */
const FINISHED = 'finished';

/**
 * Runs `work` while renewing `lease` at a third of its time to live. When the lease is lost, `signal` aborts: the work must
 * start nothing new. Whatever the work still sends is fenced by the journal.
 */
export const withRenewal = async <T>(
  deps: { readonly leases: Leases; readonly clock: Pick<Clock, 'sleep'>; readonly ttlMs: number },
  lease: Lease,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const done = new AbortController();
  const lost = new AbortController();
  const renewing = (async () => {
    const isDone = (): boolean => done.signal.aborted;
    for (;;) {
      await deps.clock.sleep(deps.ttlMs / 3, done.signal);
      if (isDone()) return;
      // A store that is away for a moment is not a lost lease; the fence decides.
      const held = await deps.leases.renew(lease, deps.ttlMs).catch(() => true);
      if (!held) {
        lost.abort();
        return;
      }
    }
  })();
  try {
    return await work(lost.signal);
  } finally {
    done.abort(FINISHED);
    await renewing;
  }
};

const POLL_MS = 200;

/** Asks `acquire` again and again until it gives something or `withinMs` have passed; then null. */
export const acquireWithin = async <T>(
  clock: Clock,
  withinMs: number,
  acquire: () => Promise<T | null>,
): Promise<T | null> => {
  const deadline = clock.now() + withinMs;
  for (;;) {
    const held = await acquire();
    if (held !== null || clock.now() >= deadline) return held;
    await clock.sleep(POLL_MS);
  }
};

/** After a turn that failed: a store that is back has a leader again soon. */
const RETRY_MS = 1_000;

/** Share of the time to live for which a leader trusts a lease that it does not hear of. */
const TRUSTED_SHARE = 0.8;

/**
 * Leader election: competes with other replicas for one lease, for as long as the process lives.
 *
 * `isLeader` counts by this process's clock from before each renewal was asked for, and ends a fifth early: a process that
 * was paused finds that it does not lead any more before it does anything.
 */
export class LeaderElection {
  private lease: Lease | null = null;
  /** Epoch ms. */
  private trustedUntil = 0;

  constructor(
    private readonly deps: {
      readonly leases: Leases;
      readonly clock: Pick<Clock, 'now' | 'sleep'>;
      readonly owner: string;
      readonly ttlMs: number;
    },
    private readonly resource: string,
  ) {}

  get isLeader(): boolean {
    return this.lease !== null && this.deps.clock.now() < this.trustedUntil;
  }

  /** Competes until the signal aborts, then releases the lease. Never rejects: while the store is away, no lease is had. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, leases, ttlMs } = this.deps;
    const renewMs = ttlMs / 3;
    while (!signal.aborted) {
      const restMs = await this.turn().then(
        () => renewMs,
        () => Math.min(renewMs, RETRY_MS),
      );
      await clock.sleep(restMs, signal);
    }
    const { lease } = this;
    this.lease = null;
    if (lease !== null) await leases.release(lease).catch(() => undefined);
  }

  private async turn(): Promise<void> {
    const { leases, clock, owner, ttlMs } = this.deps;
    const askedAt = clock.now();
    if (this.lease === null) this.lease = await leases.acquire(this.resource, owner, ttlMs);
    else if (!(await leases.renew(this.lease, ttlMs))) this.lease = null;
    if (this.lease !== null) this.trustedUntil = askedAt + ttlMs * TRUSTED_SHARE;
  }
}
