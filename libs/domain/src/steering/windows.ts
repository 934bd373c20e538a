import type { Restraint } from './restraints';
import { lastStretch, nextBegin, type MaintenanceWindow } from './window-calendar';

/** The windows of one place. */
export interface WindowSet {
  readonly level: 'partner' | 'connection';
  readonly windows: readonly MaintenanceWindow[];
}

export interface WindowState {
  /** What closes, for people; null: open. */
  readonly closedBy: string | null;
  /** Since when it is so; null: for as long as windows are. */
  readonly since: number | null;
  /** Until when; null: for ever. */
  readonly until: number | null;
}

/** One reason to be closed, and how far it reaches by itself. */
interface Cause {
  readonly why: string;
  readonly from: number | null;
  readonly to: number | null;
}

/** Causes that follow each other without a gap. Whatever is left then is looked at again at the end of the last. */
const MOST_CAUSES = 16;

const nameOf = ({ cron, timeZone }: MaintenanceWindow): string => `${cron} ${timeZone}`;
const ofKind = (sets: readonly WindowSet[], kind: MaintenanceWindow['kind']): readonly MaintenanceWindow[] =>
  sets.flatMap(({ windows }) => windows.filter((window) => window.kind === kind));

const known = (times: readonly (number | null | undefined)[]): readonly number[] =>
  times.filter((time) => time !== null && time !== undefined);
const least = (times: readonly (number | null | undefined)[]): number | null =>
  known(times).length === 0 ? null : Math.min(...known(times));
const most = (times: readonly (number | null | undefined)[]): number | null =>
  known(times).length === 0 ? null : Math.max(...known(times));

/** The stretch that holds that time; null: none does. */
const holding = (window: MaintenanceWindow, at: number): ReturnType<typeof lastStretch> => {
  const last = lastStretch(window, at);
  return last !== null && at < last.end ? last : null;
};

/** Null: open. Both places must be. */
const causeAt = (sets: readonly WindowSet[], at: number): Cause | null => {
  for (const { level, windows } of sets) {
    for (const window of ofKind([{ level, windows }], 'deny')) {
      const stretch = holding(window, at);
      const why = `the maintenance window ${nameOf(window)} of the ${level} is on`;
      if (stretch !== null) return { why, from: stretch.begin, to: stretch.end };
    }
    const allowing = ofKind([{ level, windows }], 'allow');
    if (allowing.length === 0 || allowing.some((window) => holding(window, at) !== null)) continue;
    return {
      why: `it is outside the maintenance windows of the ${level}: ${allowing.map(nameOf).join('; ')}`,
      from: most(allowing.map((window) => lastStretch(window, at)?.end)),
      to: least(allowing.map((window) => nextBegin(window, at))),
    };
  }
  return null;
};

/** Whether windows keep Dialtone from writing at that time, epoch ms. */
export const areClosed = (sets: readonly WindowSet[], at: number): boolean => causeAt(sets, at) !== null;

const closedUntil = (sets: readonly WindowSet[], at: number): number | null => {
  let time: number | null = at;
  for (let count = 0; count < MOST_CAUSES && time !== null; count += 1) {
    const cause = causeAt(sets, time);
    if (cause === null) return time;
    time = cause.to;
  }
  return time;
};

const closedSince = (sets: readonly WindowSet[], at: number): number | null => {
  let since = at;
  let time = at;
  for (let count = 0; count < MOST_CAUSES; count += 1) {
    const cause = causeAt(sets, time);
    if (cause === null) return since;
    if (cause.from === null) return null;
    since = cause.from;
    time = since - 1;
  }
  return since;
};

/** The allow windows that hold: of a place without any, none has to. */
const allowedBy = ({ windows, level }: WindowSet, at: number): readonly { begin: number; end: number }[] =>
  ofKind([{ level, windows }], 'allow').flatMap((window) => holding(window, at) ?? []);

const openUntil = (sets: readonly WindowSet[], at: number): number | null => {
  let time = at;
  for (let count = 0; count < MOST_CAUSES; count += 1) {
    const next = least([
      ...ofKind(sets, 'deny').map((window) => nextBegin(window, time)),
      ...sets.map((set) => most(allowedBy(set, time).map(({ end }) => end))),
    ]);
    if (next === null || areClosed(sets, next)) return next;
    time = next;
  }
  return time;
};

const openSince = (sets: readonly WindowSet[], at: number): number | null => {
  let time = at;
  for (let count = 0; count < MOST_CAUSES; count += 1) {
    const last = most([
      ...ofKind(sets, 'deny').map((window) => lastStretch(window, time - window.durationSeconds * 1_000)?.end),
      ...sets.map((set) => least(allowedBy(set, time).map(({ begin }) => begin))),
    ]);
    if (last === null || areClosed(sets, last - 1)) return last;
    time = last - 1;
  }
  return time;
};

/** What all windows together say at that time, since when and until when. */
export const windowState = (sets: readonly WindowSet[], at: number): WindowState => {
  if (sets.every(({ windows }) => windows.length === 0)) return { closedBy: null, since: null, until: null };
  const cause = causeAt(sets, at);
  if (cause === null) return { closedBy: null, since: openSince(sets, at), until: openUntil(sets, at) };
  const since = closedSince(sets, at);
  // Named by what closed first: the words stay the same for as long as it is closed.
  const { why } = (since === null ? null : causeAt(sets, since)) ?? cause;
  return { closedBy: why, since, until: closedUntil(sets, at) };
};

/** The same until it changes: a list of a thousand numbers asks a thousand times. */
const remembered = new Map<string, { readonly state: WindowState; readonly from: number; readonly to: number }>();
const REMEMBERED = 1_000;
const FOR_EVER_MS = 3_600_000;

/** As `windowState`, and cheap to ask again. */
export const windowsAt = (sets: readonly WindowSet[], at: number): WindowState => {
  if (sets.every(({ windows }) => windows.length === 0)) return windowState([], at);
  const name = JSON.stringify(sets);
  const before = remembered.get(name);
  if (before !== undefined && at >= before.from && at < before.to) return before.state;
  if (remembered.size >= REMEMBERED) remembered.clear();
  const state = windowState(sets, at);
  remembered.set(name, { state, from: at, to: state.until ?? at + FOR_EVER_MS });
  return state;
};

/** What keeps Dialtone from writing at that time because of windows; null: they are open. */
export const closedWindows = (sets: readonly WindowSet[], at: number): Restraint | null => {
  const { closedBy: why, since, until } = windowsAt(sets, at);
  return why === null ? null : { reason: 'window_closed', why, since, until };
};
