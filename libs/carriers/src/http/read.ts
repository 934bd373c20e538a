/** Tolerant readers of foreign JSON: what is missing or odd is null. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export const recordOf = (value: unknown): JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};

/** The value below a path of names. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((inner, name) => recordOf(inner)[name], value);

/** Text that is not blank, or a number as text. */
export const textOf = (value: unknown): string | null => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
};

/** The first of the named fields that holds text. */
export const textIn = (value: unknown, ...names: readonly string[]): string | null => {
  for (const name of names) {
    const text = textOf(recordOf(value)[name]);
    if (text !== null) return text;
  }
  return null;
};

/** A count of whole seconds, also as text. */
export const secondsIn = (value: unknown, ...names: readonly string[]): number | null => {
  const text = textIn(value, ...names);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
};

export const flagIn = (value: unknown, name: string): boolean | null => {
  const flag = recordOf(value)[name];
  return typeof flag === 'boolean' ? flag : null;
};

/** The first of the values that is a list. */
export const listOf = (...values: readonly unknown[]): readonly unknown[] | null => {
  const found = values.find((value) => Array.isArray(value));
  return found === undefined ? null : (found as readonly unknown[]);
};

export const digitsOf = (number: string): string => number.replace(/\D/g, '');

/** One segment of a path; a text of dots would climb. */
export const segment = (text: string): string =>
  encodeURIComponent(text).replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length));
