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
 * Epoch milliseconds of the end of this expiry date; null when the text is missing or no date.
 *
 * The upstream's format and time zone are unknown (VoiceLink upstream notes §10.15), so: a bare date lasts to the end of
 * that day at `offset`; a time without zone is at `offset`; ISO times keep their zone; day-first dates are understood.
 */
export const parseExpiry = (value: unknown, offset: string): number | null => {
  const text = toText(value);
  if (text === null) return null;
  const known = REMEMBERED.get(offset + text);
  return known === undefined ? remember(offset + text, read(text.trim(), offset)) : known;
};

/**
 * An account's numbers expire on a few hundred days, and reading one date costs as much as decoding the rest of its row.
 * A cache of `read`; bounded, because the texts are foreign.
 */
const REMEMBERED = new Map<string, number | null>();
const MOST_REMEMBERED = 5_000;

const remember = (text: string, instant: number | null): number | null => {
  if (REMEMBERED.size >= MOST_REMEMBERED) REMEMBERED.clear();
  REMEMBERED.set(text, instant);
  return instant;
};

const read = (text: string, offset: string): number | null => {
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
