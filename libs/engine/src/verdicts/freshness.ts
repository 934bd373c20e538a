import type { EngineSettings } from '../ports/settings';

/** One sweep may fail or come late; a second one that has not ended either means that nobody looks. */
const INTERVALS = 2;

/** Of intervals so short that a sweep may take longer: else its verdicts would be stale before it can end. */
const AT_LEAST_MS = 5_000;

/** How long a verdict counts without having been confirmed, ms. Every connection is swept at the same interval. */
export const freshForMs = ({ sweepIntervalMs }: Pick<EngineSettings, 'sweepIntervalMs'>): number =>
  Math.max(INTERVALS * sweepIntervalMs, AT_LEAST_MS);

/** What of a stored verdict tells whether it is fresh. */
export interface AgedVerdict {
  /** The last look at it was not complete, or its connection is disconnected. */
  readonly stale: boolean;
  /** Since it was last confirmed, by the store's clock; null before the first observation. */
  readonly ageSeconds: number | null;
}

/**
 * Whether a stored verdict is stale when it is read. What is stored says only what the last look came to: when the looks
 * end, nothing is stored any more, and only the age tells. A verdict that was never observed claims nothing, so it is not stale.
 */
export const isStale = ({ stale, ageSeconds }: AgedVerdict, freshMs: number): boolean =>
  stale || (ageSeconds !== null && ageSeconds * 1_000 > freshMs);
