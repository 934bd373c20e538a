import { isNone, UNREADABLE, type Reading } from './meanings';
import { calendarDate, type CalendarDate } from './calendar-date';

const TIME = /^(?<clock>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(?<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;
const HALF_DAY = /^(?<hour>\d{1,2})(?<rest>:\d{2}(?::\d{2})?)\s*(?<half>am|pm)$/i;
const END_OF_DAY = '23:59:59.999';

/** What VoiceLink's stack and people write for "no date": PHP, MySQL and .NET have a date of their own for it. */
const NO_DATE = /^(?:0|null|none|never|n\/?a|-+|0000-00-00(?:[T ]00:00:00)?|0001-01-01(?:[T ]00:00:00)?)$/i;

/** VoiceLink is younger: what is dated before is a zero that was read as a date, such as 1970-01-01. */
const FIRST_YEAR = 2000;
const SECONDS = /^[1-9]\d{9}$/;
const MILLISECONDS = /^[1-9]\d{12}$/;

/**
 * Epoch milliseconds of the end of this expiry date; null when VoiceLink gives none.
 *
 * The upstream's format and time zone are unknown (VoiceLink upstream notes §10.15), so every form is understood that
 * can mean one day only: year first, a day above 12, a month as a word, epoch seconds and milliseconds. A bare date lasts to the
 * end of that day at `offset`; a time without zone is at `offset`. 01/02/2027 is one of two days: unreadable, like all else.
 */
export const parseExpiry = (value: unknown, offset: string): Reading<number> => {
  if (isNone(value)) return null;
  if (typeof value !== 'string' && typeof value !== 'number') return UNREADABLE;
  const known = REMEMBERED.get(`${offset}${String(value)}`);
  return known === undefined ? remember(`${offset}${String(value)}`, read(String(value).trim(), offset)) : known;
};

/**
 * An account's numbers expire on a few hundred days, and reading one date costs as much as decoding the rest of its row.
 * A cache of `read`; bounded, because the texts are foreign.
 */
const REMEMBERED = new Map<string, Reading<number>>();
const MOST_REMEMBERED = 5_000;
const LONGEST_REMEMBERED = 64;

const remember = (text: string, reading: Reading<number>): Reading<number> => {
  if (text.length > LONGEST_REMEMBERED) return reading;
  if (REMEMBERED.size >= MOST_REMEMBERED) REMEMBERED.clear();
  REMEMBERED.set(text, reading);
  return reading;
};

const read = (text: string, offset: string): Reading<number> => {
  if (NO_DATE.test(text)) return null;
  const epoch = epochOf(text);
  if (epoch !== null) return epoch;
  const date = calendarDate(text);
  if (date === null || Number(date.year) < FIRST_YEAR) return UNREADABLE;
  return instantOf(date, offset) ?? UNREADABLE;
};

/** The years 2001 to 2286 in seconds or milliseconds. */
const epochOf = (text: string): number | null => {
  if (SECONDS.test(text)) return Number(text) * 1000;
  return MILLISECONDS.test(text) ? Number(text) : null;
};

const instantOf = ({ year, month, day, time }: CalendarDate, offset: string): number | null => {
  const match = TIME.exec(time === '' ? END_OF_DAY : wholeDay(time))?.groups;
  if (match === undefined) return null;
  const zone = (match['zone'] ?? offset).toUpperCase().replace(/^(?:UTC|GMT)$/, 'Z');
  const instant = Date.parse(`${year}-${month}-${day}T${match['clock'] ?? ''}${zone}`);
  return Number.isNaN(instant) ? null : instant;
};

/** 11:59 PM as 23:59; anything else as it is. */
const wholeDay = (time: string): string => {
  const match = HALF_DAY.exec(time)?.groups;
  const hour = Number(match?.['hour']);
  if (match === undefined || hour < 1 || hour > 12) return time;
  const inDay = (hour % 12) + (match['half']?.toLowerCase() === 'pm' ? 12 : 0);
  return `${String(inDay).padStart(2, '0')}${match['rest'] ?? ''}`;
};
