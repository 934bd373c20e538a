import type { UpstreamFailure } from '../ports/upstream';
import { lookAtOwn, type Target } from './look';
import type { ConvergeDeps, Progress, Turn } from './progress';

/** As long as one of the lists of a look may wait for its turn after another: a plan gets no older than that makes it. */
const LONGEST_MS = 10_000;
/** Where all lists took longer than that, so many times as long: otherwise the budget would go into lists. */
const LISTINGS = 3;

/**
 * Waits until the budget has a turn for a write that it refused, so nothing of it was sent; then it is planned again, on the same lists
 * and on our own rows as they are by then. To end and begin anew would cost a list of everything, out of the same budget. Null: a caller
 * waits, or the lists would be too old.
 */
export const awaitTurn = async (
  deps: ConvergeDeps,
  target: Target,
  progress: Progress,
  failure: UpstreamFailure,
): Promise<Turn | null> => {
  const { look, waited } = progress;
  const forMs = failure.throttled === true && failure.class === 'rate_limited' ? failure.retryAfterMs : null;
  if (forMs === null || target.deadline !== Number.POSITIVE_INFINITY) return null;
  const { dids } = look.lists;
  const ms = (waited?.dids === dids ? waited.ms : 0) + forMs;
  if (ms > Math.max(LONGEST_MS, LISTINGS * look.tookMs)) return null;
  await deps.clock.sleep(forMs, target.signal);
  return [{ ...progress, waited: { dids, ms }, look: await lookAtOwn(deps, target, look) }, null];
};
