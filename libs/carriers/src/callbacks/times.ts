/** Times outside of these years are placeholders, as "0000-00-00" and 1970 are. */
const YEARS = { from: 2000, to: 2100 };

const plausible = (ms: number): Date | null => {
  const at = new Date(ms);
  const year = at.getUTCFullYear();
  return year >= YEARS.from && year < YEARS.to ? at : null;
};

/** A time that names its zone, as in RFC 2822 or ISO 8601; null for any other. */
export const zonedTime = (text: string | null): Date | null =>
  text !== null && /(?:GMT|UTC|Z|[+-]\d\d:?\d\d)$/.test(text) ? plausible(Date.parse(text)) : null;

/** "2026-11-30 08:15:00" of a carrier that writes Indian time without saying so. */
export const indianTime = (text: string | null): Date | null =>
  text !== null && /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/.test(text)
    ? plausible(Date.parse(`${text.replace(' ', 'T')}+05:30`))
    : null;
