import { ALL_SCOPES, SCOPES, type GrantedScope } from '@dialtone/persistence';
import { CommandError } from './with-stores';

const KNOWN: ReadonlySet<string> = new Set([ALL_SCOPES, ...SCOPES]);
const isScope = (word: string): word is GrantedScope => KNOWN.has(word);

/** The scopes named in `text`, each once. Throws a CommandError that names an unknown one, or when there is none. */
export const readScopes = (text: string): readonly GrantedScope[] => {
  const words = text.split(',').map((word) => word.trim());
  const known = words.filter(isScope);
  const unknown = words.find((word) => !isScope(word));
  if (unknown !== undefined) {
    throw new CommandError(
      `"${unknown}" is not a scope. Separate scopes by commas; there are ${[...KNOWN].join(', ')}.`,
    );
  }
  return [...new Set(known)];
};

const MS_PER_HOUR = 3_600_000;
const DURATION = /^([1-9]\d{0,4})([hd])$/;
const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24 };
/** Requires an offset: an instant must not depend on where the command runs. */
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

const isRealDay = (text: string): boolean => {
  const day = text.slice(0, 'yyyy-mm-dd'.length);
  const start = new Date(`${day}T00:00Z`);
  // Date.parse takes some impossible days for days of the next month.
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(day);
};

/**
 * `90d` and `12h` count from `now`; `2027-01-31` is the beginning of that day in UTC, `2027-01-31T18:00+05:30` an instant.
 * Throws a CommandError for anything else, and for a time that is not in the future.
 */
export const readExpiry = (text: string, now: Date): Date => {
  const expiry = parseExpiry(text, now);
  if (Number.isNaN(expiry)) {
    throw new CommandError(
      `"${text}" is no expiry: give a duration such as 90d or 12h, or a time such as 2027-01-31T18:00Z.`,
    );
  }
  if (expiry <= now.getTime()) throw new CommandError(`${text} has passed: a new key must expire in the future.`);
  return new Date(expiry);
};

/** Epoch milliseconds; NaN when the text is neither a duration nor an instant. */
const parseExpiry = (text: string, now: Date): number => {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  const hours = HOURS[unit];
  if (count !== undefined && hours !== undefined) return now.getTime() + Number(count) * hours * MS_PER_HOUR;
  return INSTANT.test(text) && isRealDay(text) ? Date.parse(text) : Number.NaN;
};
