import type { BindingMode, MaintenanceWindow } from '@dialtone/domain';
import type { Author, HistoryEntry, HistoryFacts } from '../../ports/history';

/** What a pause or a contest is of: with nulls of the whole connection, or of the partner. */
export type SteeredPlace = Pick<HistoryEntry, 'partnerId' | 'connectionId' | 'key'>;

/** A pause, or the standing back from a contested number, begins (from null), changes, or ends (to null). */
export interface ChangeOfSteering {
  readonly of: 'pause' | 'repair';
  readonly place: SteeredPlace;
  /** Without secrets. */
  readonly before: HistoryFacts | null;
  readonly after: HistoryFacts | null;
}

const KINDS = {
  pause: { begun: 'pause_begun', ended: 'pause_ended' },
  repair: { begun: 'repair_contested', ended: 'repair_resumed' },
} as const;

export const steeringEntry = (
  { of, place: { partnerId, connectionId, key }, before, after }: ChangeOfSteering,
  author: Author,
): HistoryEntry => ({
  kind: after === null ? KINDS[of].ended : KINDS[of].begun,
  partnerId,
  connectionId,
  key,
  ...author,
  before,
  after,
});

/** What may be written in a place, and when. */
export interface ModeAndWindows {
  readonly mode: BindingMode;
  readonly windows: readonly MaintenanceWindow[];
}

const factsOf = ({ mode, windows }: ModeAndWindows): HistoryFacts => ({
  mode,
  windows: windows.map(({ kind, cron, durationSeconds, timeZone }) => ({
    ...{ kind, cron, duration_seconds: durationSeconds, time_zone: timeZone },
  })),
});

/** Null: nothing changes. */
export const modeAndWindowsEntry = (
  { partnerId, connectionId }: Pick<SteeredPlace, 'partnerId' | 'connectionId'>,
  was: ModeAndWindows,
  is: ModeAndWindows,
  author: Author,
): HistoryEntry | null => {
  const [before, after] = [factsOf(was), factsOf(is)];
  if (JSON.stringify(before) === JSON.stringify(after)) return null;
  return { kind: 'steering_changed', partnerId, connectionId, key: null, ...author, before, after };
};
