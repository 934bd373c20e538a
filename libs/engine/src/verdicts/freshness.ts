import type { EngineSettings } from '../ports/settings';

/** One sweep may fail or come late; if the second has not ended either, no process looks. */
const INTERVALS = 2;

/** An interval may be shorter than a sweep: its verdicts must not be stale before it can end. */
const AT_LEAST_MS = 5_000;

/** How long a verdict counts without having been confirmed, ms. Every connection is swept at the same interval. */
export const freshForMs = ({ sweepIntervalMs }: Pick<EngineSettings, 'sweepIntervalMs'>): number =>
  Math.max(INTERVALS * sweepIntervalMs, AT_LEAST_MS);

/** The parts of a stored verdict that decide whether it is fresh. */
export interface AgedVerdict {
  /** The last look at it was not complete, or its connection is disconnected. */
  readonly stale: boolean;
  /** Since it was last confirmed, by the store's clock; null before the first observation. */
  readonly ageSeconds: number | null;
}

/**
 * True if a stored verdict is stale when it is read. The row says only what the last look came to; once the looks end, only
 * its age tells. A verdict that was never observed claims nothing, so it is not stale.
 */
export const isStale = ({ stale, ageSeconds }: AgedVerdict, freshMs: number): boolean =>
  stale || (ageSeconds !== null && ageSeconds * 1_000 > freshMs);
