import type { MaintenanceWindow } from '@dialtone/domain';

/** A maintenance window about a change of the clock, and when it is on by the clock of the world, epoch ms. */
export interface Season {
  readonly window: MaintenanceWindow;
  readonly from: number;
  readonly to: number;
  /** When a run begins. */
  readonly startsAt: number;
}

/** A run begins so long before its window. */
const BEFORE_MS = 12_000;

const season = (timeZone: string, cron: string, from: string, seconds: number): Season => ({
  window: { kind: 'deny', cron, durationSeconds: seconds, timeZone },
  from: Date.parse(from),
  to: Date.parse(from) + 1_000 * seconds,
  startsAt: Date.parse(from) - BEFORE_MS,
});

export const SEASONS = {
  /** 02:30 does not come: what would begin then begins when the missing hour is over. */
  'spring in Berlin': season('Europe/Berlin', '30 2 * * *', '2026-03-29T01:00:00Z', 60),
  'spring in New York': season('America/New_York', '30 2 * * *', '2026-03-08T07:00:00Z', 60),
  /** What begins every hour begins at the second 02:00, too. */
  'autumn in Berlin': season('Europe/Berlin', '0 * * * *', '2026-10-25T01:00:00Z', 60),
  /** Two minutes are two minutes although the clock is set back in between. */
  'autumn in New York': season('America/New_York', '59 1 * * *', '2026-11-01T05:59:00Z', 120),
} as const;
export type SeasonName = keyof typeof SEASONS;

/** Null: a run has none. */
export const seasonOf = ({ season }: { readonly season?: SeasonName }): Season | null =>
  season === undefined ? null : SEASONS[season];
