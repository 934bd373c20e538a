import { LANE_SHARE, type RateLane } from '../ports/rate-budget';
import type { UpstreamLimits } from './upstream-gate';

const MS_PER_SECOND = 1_000;

/**
 * The shortest time (ms) in which the budget of one credential lets so many requests of a lane through, after a pause and with
 * nothing else to do: the lane's part of the burst at once, the others at the rate.
 */
export const leastTimeMs = (
  requests: number,
  lane: RateLane,
  { ratePerSecond, burst }: Pick<UpstreamLimits, 'ratePerSecond' | 'burst'>,
): number => {
  if (ratePerSecond === 0) return 0;
  const atOnce = Math.floor(Math.max(1, burst * LANE_SHARE[lane]));
  return Math.ceil((Math.max(0, requests - atOnce) * MS_PER_SECOND) / ratePerSecond);
};

/** The small summand keeps a third of a request from being a little less than that. */
const ROUNDING = 1e-6;

/** How many requests may be sent at once when the credential is so many ms ahead of its rate; null: any number. */
export const requestsLeft = (
  aheadMs: number,
  { ratePerSecond, burst }: Pick<UpstreamLimits, 'ratePerSecond' | 'burst'>,
): number | null =>
  ratePerSecond === 0
    ? null
    : Math.max(0, Math.floor(burst - (Math.max(0, aheadMs) * ratePerSecond) / MS_PER_SECOND + ROUNDING));
