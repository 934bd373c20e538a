import { Cron } from 'croner';

/** A maintenance window: it begins whenever the cron expression says, by the clocks of its zone, and lasts so long. */
export interface MaintenanceWindow {
  /** `deny`: no repairs inside. `allow`: repairs only inside this one, or another that allows. */
  readonly kind: 'allow' | 'deny';
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  readonly durationSeconds: number;
  /** IANA name. */
  readonly timeZone: string;
}

export const WINDOW_KINDS = ['deny', 'allow'] as const;
/** Bounds of a duration, seconds: a minute to a week. */
export const WINDOW_DURATION = { min: 60, max: 604_800 } as const;
/** Windows in one place. */
export const MAX_WINDOWS = 8;

/** Parsing takes longer than asking. The same few are asked again and again. */
const parsed = new Map<string, Cron>();
const REMEMBERED = 500;

const scheduleOf = ({ cron, timeZone }: Pick<MaintenanceWindow, 'cron' | 'timeZone'>): Cron => {
  const name = `${timeZone} ${cron}`;
  const known = parsed.get(name);
  if (known !== undefined) return known;
  if (parsed.size >= REMEMBERED) parsed.clear();
  const made = new Cron(cron, { timezone: timeZone });
  parsed.set(name, made);
  return made;
};

/** The first begin after that time, epoch ms; null: it never begins again. */
export const nextBegin = (window: MaintenanceWindow, after: number): number | null =>
  scheduleOf(window).nextRun(new Date(after))?.getTime() ?? null;

/** The last begin at or before that time. */
const lastBegin = (window: MaintenanceWindow, at: number): number | null =>
  scheduleOf(window)
    .previousRuns(1, new Date(at + 1_000 - (at % 1_000)))[0]
    ?.getTime() ?? null;

/** The stretch of one begin that holds `at`, or that ended last before it; null: it has never begun. */
export const lastStretch = (
  window: MaintenanceWindow,
  at: number,
): { readonly begin: number; readonly end: number } | null => {
  const begin = lastBegin(window, at);
  return begin === null ? null : { begin, end: begin + window.durationSeconds * 1_000 };
};

const FIVE_FIELDS = /^\S+(?: \S+){4}$/;
/** From a fixed time on, so that the same input is always judged alike: a leap year comes within eight years. */
const REFERENCE = Date.UTC(2024, 0, 1);

/** Why this is no cron expression of a window; null: it is one. */
export const cronFault = (cron: string): string | null => {
  if (cron.length > 100 || !FIVE_FIELDS.test(cron))
    return 'must be five fields separated by single spaces: minute, hour, day of month, month, day of week';
  try {
    return new Cron(cron, { timezone: 'UTC' }).nextRun(new Date(REFERENCE)) === null
      ? 'must name a time that comes'
      : null;
  } catch {
    return 'must be a cron expression, for example 0 22 * * MON-FRI';
  }
};

/** True if a begin comes before the window of the begin before it is over: then it has no end that could be waited for. */
export const overlapsItself = (window: MaintenanceWindow): boolean => {
  let begin = nextBegin(window, REFERENCE);
  for (let count = 0; count < 8 && begin !== null; count += 1) {
    const next = nextBegin(window, begin);
    if (next !== null && next - begin <= window.durationSeconds * 1_000) return true;
    begin = next;
  }
  return false;
};

/** True for an IANA name that this process knows: offsets and abbreviations change their meaning with the season. */
export const isTimeZone = (name: string): boolean => {
  if (name !== 'UTC' && !/^[A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};
