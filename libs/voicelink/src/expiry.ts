import { toText } from './scalars';

interface CalendarDate {
  readonly year: string;
  readonly month: string;
  readonly day: string;
}

const YEAR_FIRST = /^(?<year>\d{4})[-/](?<month>\d{2})[-/](?<day>\d{2})(?:[T ](?<time>.+))?$/;
const DAY_FIRST = /^(?<day>\d{2})[-/](?<month>\d{2})[-/](?<year>\d{4})(?:[T ](?<time>.+))?$/;
const TIME = /^(?<clock>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(?<zone>Z|[+-]\d{2}:?\d{2})?$/i;
const END_OF_DAY = '23:59:59.999';

/**
 * Epoch milliseconds after which something with this expiry date is over; null when there is none or it is no date.
 *
 * The upstream's format and time zone are unknown (VoiceLink upstream notes §10.15), so: a bare date lasts to the end of
 * that day at `offset`; a time without zone is at `offset`; ISO times keep their zone; day-first dates are understood.
 */
export const parseExpiry = (value: unknown, offset: string): number | null => {
  const text = toText(value)?.trim();
  if (text === undefined) return null;
  const groups = (YEAR_FIRST.exec(text) ?? DAY_FIRST.exec(text))?.groups;
  if (groups === undefined) return null;
  const date = { year: groups['year'] ?? '', month: groups['month'] ?? '', day: groups['day'] ?? '' };
  return existsInCalendar(date) ? instantOf(date, groups['time'], offset) : null;
};

const instantOf = (date: CalendarDate, time: string | undefined, offset: string): number | null => {
  const match = TIME.exec(time ?? END_OF_DAY)?.groups;
  if (match === undefined) return null;
  const zone = match['zone'] ?? offset;
  const instant = Date.parse(`${date.year}-${date.month}-${date.day}T${match['clock'] ?? ''}${zone.toUpperCase()}`);
  return Number.isNaN(instant) ? null : instant;
};

/** `Date.parse` rolls 31 February over to March; an impossible date must not become a possible one. */
const existsInCalendar = ({ year, month, day }: CalendarDate): boolean => {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
};
