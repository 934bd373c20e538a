import { z } from 'zod';
import type { Variable } from './variable';

/** A share. */
export const fraction = (name: string, { what, fallback }: { what: string; fallback: string }): Variable<number> => ({
  name,
  schema: z
    .string()
    .regex(/^\d?(?:[.]\d{1,9})?$/)
    .transform(Number)
    .pipe(z.number().min(0).max(1)),
  mustBe: `${what}, 0 to 1`,
  example: '0.1',
  fallback,
});

const entryOf = (entry: string): [name: string, value: string] => {
  const [, name, value] = /^\s*([^\s=]+)\s*=(.*)$/.exec(entry) ?? [];
  if (name === undefined || value === undefined) throw new TypeError('not name=value');
  return [name, decodeURIComponent(value.trim())];
};

const pairsIn = (text: string, context: z.RefinementCtx): Readonly<Record<string, string>> => {
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  try {
    return Object.fromEntries(entries.map(entryOf));
  } catch {
    context.addIssue({ code: 'custom', message: 'cannot be read' });
    return z.NEVER;
  }
};

/** Comma-separated `name=value`, values percent-encoded as in W3C Baggage. Empty, the default, means that there is none. */
export const pairs = (
  name: string,
  { what, example, secret = false }: { what: string; example: string; secret?: boolean },
): Variable<Readonly<Record<string, string>>> => ({
  name,
  schema: z.string().transform(pairsIn),
  mustBe: `${what}: name=value, separated by commas, or empty for none`,
  example,
  fallback: '',
  ...(secret && { secret }),
});
