export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** `from` and `to` are minutes of the day by the wall clock; a window with `to` not after `from` ends on the next day. */
export interface QuietWindow {
  /** On which it begins. */
  readonly days: readonly Weekday[];
  readonly from: number;
  readonly to: number;
}

export interface QuietHours {
  /** IANA, as in `Asia/Kolkata`. */
  readonly timeZone: string;
  readonly windows: readonly QuietWindow[];
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Clock changes are of whole quarters of an hour at most; no window set is longer than a week. */
const LIMIT_MINUTES = 8 * DAY_MINUTES;

interface WallTime {
  readonly day: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const options = { timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const made = new Intl.DateTimeFormat('en-US', options);
  formats.set(timeZone, made);
  return made;
};

const wallTime = (timeZone: string, at: number): WallTime => {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const day = WEEKDAYS.indexOf((parts['weekday'] ?? '').toLowerCase() as Weekday);
  return { day, minute: Number(parts['hour']) * 60 + Number(parts['minute']) };
};

const covers = (window: QuietWindow, { day, minute }: WallTime): boolean => {
  const begins = (on: number): boolean => window.days.some((name) => WEEKDAYS.indexOf(name) === on);
  if (window.to > window.from) return begins(day) && minute >= window.from && minute < window.to;
  const yesterday = (day + 6) % 7;
  return (begins(day) && minute >= window.from) || (begins(yesterday) && minute < window.to);
};

export const isQuiet = ({ timeZone, windows }: QuietHours, at: number): boolean => {
  const now = wallTime(timeZone, at);
  return windows.some((window) => covers(window, now));
};

/**
 * When the quiet hours that `at` lies in end, in epoch ms; null when it is not quiet. By the wall clock: an hour that a clock change
 * repeats is quiet twice, and a window that ends in an hour that is left out ends where the clock goes on. Never quiet for longer than
 * eight days: windows that cover the whole week are none.
 */
export const quietUntil = (hours: QuietHours, at: number): number | null => {
  if (!isQuiet(hours, at)) return null;
  const minute = Math.floor(at / MINUTE_MS);
  for (let ahead = 1; ahead <= LIMIT_MINUTES; ahead += 1) {
    const end = (minute + ahead) * MINUTE_MS;
    if (!isQuiet(hours, end)) return end;
  }
  return null;
};
