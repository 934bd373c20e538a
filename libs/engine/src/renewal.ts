import type { Clock } from './ports/clock';
import type { Lease, Leases } from './ports/leases';

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
