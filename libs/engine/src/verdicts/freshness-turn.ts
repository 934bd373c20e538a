import { countsAsWatched } from './conditions/condition-times';
import type { StoredKey } from '../ports/key-states';
import { isStale } from './freshness';

/** How well the connection of a verdict is watched. Times are epoch ms. */
export interface Watch {
  /** How long a verdict counts without having been confirmed, ms. */
  readonly freshForMs: number;
  /** The last complete look of the connection; null before the first. */
  readonly observedThrough: number | null;
  /** The first complete look after a gap in which verdicts went stale by their age; null: there was none. */
  readonly watchedSince: number | null;
}

/** The first moment at which nothing confirms the verdict any more; null: it is fresh, or its row says that it is stale. */
const outdatedAt = ({ observedAt }: StoredKey, now: number, { freshForMs, observedThrough }: Watch): number | null => {
  const confirmedAt = Math.max(observedAt, observedThrough ?? 0);
  const isOld = isStale({ stale: false, ageSeconds: (now - confirmedAt) / 1_000 }, freshForMs);
  return isOld ? confirmedAt + freshForMs : null;
};

/** Since when a verdict that is written now is fresh; null: as long as its row says. */
export const freshTurn = (stored: StoredKey, now: number, watch: Watch | undefined): number | null => {
  if (stored.stale || stored.observedAt === 0) return now;
  if (watch === undefined) return null;
  if (outdatedAt(stored, now, watch) !== null) return now;
  const { watchedSince, freshForMs } = watch;
  return countsAsWatched(watchedSince, stored.observedAt, freshForMs) ? watchedSince : null;
};

/** Since when a verdict that is marked stale now is stale; null: as long as its row says. */
export const staleTurn = (stored: StoredKey, now: number, watch: Watch | undefined): number | null => {
  if (stored.stale) return null;
  const isSeen = stored.observedAt !== 0;
  return (watch !== undefined && isSeen ? outdatedAt(stored, now, watch) : null) ?? now;
};

/** What a sweep that has confirmed verdicts makes of `Watch.watchedSince`; null: it stands. */
export const watchTurn = (now: number, { freshForMs, observedThrough }: Omit<Watch, 'watchedSince'>): number | null => {
  if (observedThrough === null) return now;
  return isStale({ stale: false, ageSeconds: (now - observedThrough) / 1_000 }, freshForMs) ? now : null;
};
