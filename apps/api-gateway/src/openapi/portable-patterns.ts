import type { Document } from './document-types';

/** Classes of characters by their Unicode names are unknown to many, and mean something else to them without the flag `u`. */
const NAMED = /\\p\{\w+\}/;
const CONTROLS = /\\p\{Cc\}/g;
const CONTROL_RANGES = '\\x00-\\x1f\\x7f-\\x9f';
const SURROGATES = /\\p\{Cs\}/g;
const ZERO = /\\0/g;
/** Lengths are in `minLength` and `maxLength`, which count characters everywhere; a pattern counts what its language counts. */
const LENGTH_AT_END = /\{([01]),\d+\}\$$/;

const portable = (pattern: string): string =>
  NAMED.test(pattern)
    ? pattern
        .replace(CONTROLS, CONTROL_RANGES)
        .replace(SURROGATES, '')
        .replace(ZERO, '\\x00')
        .replace(LENGTH_AT_END, (_, min: string) => (min === '0' ? '*$' : '+$'))
    : pattern;

const visit = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  const schema = value as { pattern?: unknown };
  if (typeof schema.pattern === 'string') schema.pattern = portable(schema.pattern);
  for (const inner of Object.values(value)) visit(inner);
};

/** Patterns in the words that the regular expressions of all languages share. */
export const makePatternsPortable = (document: Document): void => {
  visit(document);
};
