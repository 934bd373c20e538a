import type { Clock } from '../ports/clock';
import type { Lease, Leases } from '../ports/leases';

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
    done.abort();
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
