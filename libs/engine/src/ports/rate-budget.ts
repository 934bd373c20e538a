/** Who asks, most important first: a lower lane may use only a part of the burst, so that it cannot starve a higher one. */
export const RATE_LANES = ['user', 'repair', 'sweep'] as const;
export type RateLane = (typeof RATE_LANES)[number];

/** Share of the burst that each lane may use up. */
export const LANE_SHARE: Readonly<Record<RateLane, number>> = { user: 1, repair: 0.8, sweep: 0.6 };

export interface RateRequest {
  /** Sustained requests per second; above 0. */
  readonly ratePerSecond: number;
  /** Requests that may be sent at once after a pause; at least 1. */
  readonly burst: number;
  readonly lane: RateLane;
}

/** One budget per upstream credential, shared by all processes (GCRA). Judged by the store's clock. */
export interface RateBudget {
  /** 0: one request was taken, send it. Otherwise nothing was taken: ask again after that many milliseconds. */
  take(credential: string, request: RateRequest): Promise<number>;
  /** After a 429: nobody gets a request of this credential for `forMs`. A shorter penalty never shortens a longer one. */
  penalize(credential: string, forMs: number): Promise<void>;
}
