import type { ConnectionId, PartnerId } from '@dialtone/domain';
import type { StateCounts } from './number-store';

export const TREND_STEPS = ['hour', 'day'] as const;
export type TrendStep = (typeof TREND_STEPS)[number];

/** How the numbers were when they were last counted in an hour or on a day. */
export interface TrendPoint {
  /** When the hour or the day begins, UTC. */
  readonly at: Date;
  readonly numbers: number;
  readonly declared: number;
  readonly stale: number;
  readonly states: StateCounts;
}

/** How many numbers were in which state. */
export interface ReadinessTrend {
  /** Counts the numbers of all connections, for the present hour and day. Any number of processes may do it at once. */
  count(input: { readonly freshForMs: number }): Promise<void>;
  /** Deletes `limit` rows at most that are older than this, and says how many. */
  prune(input: { readonly step: TrendStep; readonly olderThanDays: number; readonly limit: number }): Promise<number>;
  /** The oldest first; of the last so many days, of which the present one is the last. Times without a count are left out. */
  points(input: {
    readonly partnerId: PartnerId;
    readonly connectionId?: ConnectionId;
    readonly step: TrendStep;
    readonly days: number;
  }): Promise<readonly TrendPoint[]>;
}
