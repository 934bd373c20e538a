import type { StoredKey } from '../../ports/key-states';
import type { Timing } from '../../ports/timings';
import { isFlapping } from '../flapping';
import type { LockedKey, TransitionScope } from '../locked-key';

/** The last look that confirmed the verdict. A complete sweep confirms all but those that are marked stale. */
const lastLookAt = ({ stale, observedAt }: StoredKey, watch: TransitionScope['watch']): number =>
  stale ? observedAt : Math.max(observedAt, watch?.observedThrough ?? 0);

/**
 * How long a drift may have stood before it is told: nobody knows when it began, only which look did not show it yet. Null: it is
 * no drift that VoiceLink's records came to, because the number was not READY, or was declared anew since that look, or flaps.
 */
export const timeToDetect = (
  { now, watch }: Pick<TransitionScope, 'now' | 'watch'>,
  { stored, declaredAt = null }: LockedKey,
  after: StoredKey,
): Extract<Timing, { kind: 'detected' }> | null => {
  const hasBegun = stored.state === 'READY' && stored.drift === null && after.drift !== null;
  if (!hasBegun || isFlapping(after)) return null;
  const seenAt = lastLookAt(stored, watch);
  if (seenAt === 0 || (declaredAt ?? 0) > seenAt) return null;
  return { kind: 'detected', isDeclared: stored.declared !== null, tookMs: Math.max(0, now - seenAt) };
};
