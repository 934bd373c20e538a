/** A day that exists, in digits of fixed length, with the rest of its text. */
export interface CalendarDate {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  /** Empty when the text ends with the date. */
  readonly time: string;
}

const REST = /(?:(?:[T\s]|,\s*)\s*(?<time>\S.*))?$/.source;
const WEEKDAY = /^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?/.source;
const MONTH = /(?<word>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)(?<long>[a-z]*)\.?/.source;
const DAY = /(?<day>\d{1,2})(?:st|nd|rd|th)?/.source;
const YEAR = /(?<year>\d{4})/.source;
const GAP = /[-/.,\s]\s*/.source;

const YEAR_FIRST = new RegExp(`^${YEAR}(?<mark>[-/.])(?<month>\\d{1,2})\\k<mark>(?<day>\\d{1,2})${REST}`, 'i');
const COMPACT =
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?:T?(?<hour>\d{2}):?(?<minute>\d{2}):?(?<second>\d{2})(?<zone>Z)?)?$/i;
const DAY_OR_MONTH_FIRST = new RegExp(`^(?<one>\\d{1,2})(?<mark>[-/.])(?<two>\\d{1,2})\\k<mark>${YEAR}${REST}`, 'i');
const DAY_WORD_YEAR = new RegExp(`${WEEKDAY}${DAY}(?:${GAP})?${MONTH}(?:${GAP})?${YEAR}${REST}`, 'i');
const YEAR_WORD_DAY = new RegExp(`^${YEAR}${GAP}${MONTH}${GAP}${DAY}${REST}`, 'i');
const WORD_DAY_YEAR = new RegExp(`${WEEKDAY}${MONTH}${GAP}${DAY}${GAP}${YEAR}${REST}`, 'i');

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

type Groups = Readonly<Record<string, string | undefined>>;
type Form = readonly [form: RegExp, read: (groups: Groups) => CalendarDate | null];

/** Null: no day, one that does not exist, or one of two. */
export const calendarDate = (text: string): CalendarDate | null => {
  for (const [form, read] of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups !== undefined) return read(groups);
  }
  return null;
};

const FORMS: readonly Form[] = [
  [YEAR_FIRST, (groups) => dateOf(groups, groups['month'], groups['day'])],
  [COMPACT, (groups) => dateOf({ ...groups, time: compactTime(groups) }, groups['month'], groups['day'])],
  [DAY_OR_MONTH_FIRST, (groups) => dayOrMonthFirst(groups)],
  [DAY_WORD_YEAR, (groups) => dateOf(groups, monthOf(groups), groups['day'])],
  [YEAR_WORD_DAY, (groups) => dateOf(groups, monthOf(groups), groups['day'])],
  [WORD_DAY_YEAR, (groups) => dateOf(groups, monthOf(groups), groups['day'])],
];

/** Which comes first shows only where one of them is no month, or both are the same. */
const dayOrMonthFirst = (groups: Groups): CalendarDate | null => {
  const { one, two } = groups;
  const dayFirst = dateOf(groups, two, one);
  const monthFirst = dateOf(groups, one, two);
  if (dayFirst === null || monthFirst === null) return dayFirst ?? monthFirst;
  return dayFirst.day === monthFirst.day ? dayFirst : null;
};

/** The month whose name begins with the word; `Marchand` is none. */
const monthOf = ({ word = '', long = '' }: Groups): string | undefined => {
  const index = MONTHS.findIndex((month) => month.startsWith(`${word}${long}`.toLowerCase()));
  return index < 0 ? undefined : String(index + 1);
};

const compactTime = ({ hour, minute, second, zone = '' }: Groups): string | undefined =>
  hour === undefined ? undefined : `${hour}:${minute ?? ''}:${second ?? ''}${zone}`;

/** `Date.parse` rolls 31 February over to March; an impossible date must not become a possible one. */
const dateOf = (groups: Groups, monthText = '', dayText = ''): CalendarDate | null => {
  const { year = '', time = '' } = groups;
  const [month, day] = [monthText.padStart(2, '0'), dayText.padStart(2, '0')];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const exists = !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
  return exists ? { year, month, day, time: time.trim() } : null;
};
