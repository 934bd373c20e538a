/** Who asks, most important first. */
export const RATE_LANES = ['user', 'repair', 'sweep'] as const;
export type RateLane = (typeof RATE_LANES)[number];

/**
 * Share of the burst that each lane may use up: what is left is kept for the lanes above it, so that a lower lane cannot
 * starve a higher one.
 */
export const LANE_SHARE: Readonly<Record<RateLane, number>> = { user: 1, repair: 0.8, sweep: 0.6 };

/**
 * Share of the rate that a lane gets even while those above it want everything: one request as soon as it has had none
 * for `1 / (rate * share)` seconds. So a higher lane cannot starve a lower one either, and keeps three quarters.
 */
export const LANE_FLOOR: Readonly<Record<RateLane, number | null>> = { user: null, repair: 0.125, sweep: 0.125 };

/** Requests that a lane may have sent ahead of the rate; at least one, or a small burst would starve a low lane. */
export const lanePart = (lane: RateLane, burst: number): number => Math.max(1, burst * LANE_SHARE[lane]);

/** How late the one who waits may be. */
const HELD_MS = 500;

/**
 * For how long after its time the next request is held for a lane that waits; null for a lane of whose part the lane below leaves
 * something anyway. Otherwise both would ask at the same moment, and chance would decide.
 */
export const heldMs = (lane: RateLane, burst: number): number | null => {
  const below = RATE_LANES[RATE_LANES.indexOf(lane) + 1];
  if (below === undefined) return null;
  return Math.floor(lanePart(lane, burst)) > Math.floor(lanePart(below, burst)) ? null : HELD_MS;
};

export interface RateRequest {
  /** Sustained requests per second; 0: any number, and only penalties count. */
  readonly ratePerSecond: number;
  /** Requests that may be sent at once after a pause; at least 1. */
  readonly burst: number;
  readonly lane: RateLane;
  /** Requests that are waiting to be sent; at least 1. */
  readonly count: number;
  /**
   * Further ones that the same caller sends after these; 0 unless given. They come out of what is idle: at most half of the room
   * that the lane has left after `count`.
   */
  readonly ahead?: number;
}

export interface RateGrant {
  /** So many were taken, send them; 0 to `count`, and to `count + ahead` when the budget has room. */
  readonly granted: number;
  /** When to ask for the rest; 0 when there is none. */
  readonly waitMs: number;
}

/** One budget per upstream credential, shared by all processes (GCRA). Judged by the store's clock. */
export interface RateBudget {
  take(credential: string, request: RateRequest): Promise<RateGrant>;
  /** After a 429: no request of this credential is granted for `forMs`. A shorter penalty never shortens a longer one. */
  penalize(credential: string, forMs: number): Promise<void>;
  /** Forgets credentials unused for `idleMs`; they start with a full budget. Returns how many. */
  forget(idleMs: number): Promise<number>;
}
