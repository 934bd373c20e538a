/** Controls, line separators and direction marks: they change how the rest of a log line or page looks. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]+/gu;
const LONGEST = 40;

/** The beginning of a foreign text, for a log or a message. */
export const excerptOf = (text: string, longest = LONGEST): string => {
  const plain = text
    .slice(0, 4 * longest)
    .replace(UNPRINTABLE, ' ')
    .trim();
  return plain.length > longest ? `${plain.slice(0, longest)}…` : plain;
};

/** What a foreign value looks like, in a few characters. */
export const shapeOf = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(excerptOf(value));
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};
