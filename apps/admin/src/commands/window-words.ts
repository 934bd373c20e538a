import {
  cronFault,
  isTimeZone,
  MAX_WINDOWS,
  overlapsItself,
  WINDOW_DURATION,
  WINDOW_KINDS,
  type MaintenanceWindow,
} from '@dialtone/domain';
import { CommandError } from './with-stores';

const DURATION = /^([1-9]\d{0,5})([smhd])$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
/** Words of a cron expression. */
const CRON_FIELDS = 5;
const EXAMPLE = '"deny 0 22 * * MON-FRI 6h Europe/Berlin"';

const fault = (text: string, why: string): CommandError =>
  new CommandError(`--window "${text}": ${why}. Write kind, cron, duration and time zone, such as ${EXAMPLE}.`);

const durationOf = (text: string, word: string): number => {
  const [, count, unit = ''] = DURATION.exec(word) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN);
  if (seconds >= WINDOW_DURATION.min && seconds <= WINDOW_DURATION.max) return seconds;
  throw fault(text, `"${word}" is no duration of a minute to a week, such as 90m, 6h or 2d`);
};

/** One window of kind, the five fields of a cron expression, duration and IANA time zone. Throws a CommandError that says which is wrong. */
export const readWindow = (text: string): MaintenanceWindow => {
  const [kindWord = '', ...words] = text.trim().split(/\s+/);
  const [duration = '', timeZone = '', ...more] = words.slice(CRON_FIELDS);
  const kind = WINDOW_KINDS.find((known) => known === kindWord);
  if (kind === undefined) throw fault(text, `"${kindWord}" is none of ${WINDOW_KINDS.join(' and ')}`);
  const cron = words.slice(0, CRON_FIELDS).join(' ');
  const cronWrong = cronFault(cron);
  if (cronWrong !== null) throw fault(text, `its cron expression "${cron}" ${cronWrong}`);
  const durationSeconds = durationOf(text, duration);
  if (!isTimeZone(timeZone) || more.length > 0)
    throw fault(text, `"${[timeZone, ...more].join(' ')}" is no IANA time zone; offsets and abbreviations are none`);
  const window = { kind, cron, durationSeconds, timeZone };
  if (overlapsItself(window)) throw fault(text, 'it must be over before it begins again');
  return window;
};

/** All windows of a place, which replace those that it has. */
export const readWindows = (texts: readonly string[]): readonly MaintenanceWindow[] => {
  if (texts.length > MAX_WINDOWS) throw new CommandError(`There are at most ${String(MAX_WINDOWS)} windows.`);
  return texts.map(readWindow);
};

/** As the API shows it. */
export const windowJson = ({ kind, cron, durationSeconds, timeZone }: MaintenanceWindow): object => ({
  kind,
  cron,
  duration_seconds: durationSeconds,
  time_zone: timeZone,
});
