import { shownName, type ErrorDetail } from '../errors/api-error';
import { faultSentence, type Kind } from './field';

/** The fields that an object may have; those with `required` must be there and must not be null. */
export type FieldKinds = Readonly<Record<string, Kind & { readonly required?: true }>>;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const known = (name: string, value: unknown, kinds: FieldKinds): ErrorDetail | null => {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  const field = shownName(name);
  if (kind === undefined) return { field, message: `${field} is not known here: remove it.` };
  const isFine = (value ?? null) === null || kind.isValid(value);
  return isFine ? null : { field, message: faultSentence(field, kind, 'json', value) };
};

/**
 * The first thing that is wrong with an object, or null: by the rules of a single body, at a small part of what its validation
 * costs. Null is the same as omission.
 */
export const objectFault = (input: Readonly<Record<string, unknown>>, kinds: FieldKinds): ErrorDetail | null => {
  for (const name of Object.keys(input)) {
    const fault = known(name, input[name], kinds);
    if (fault !== null) return fault;
  }
  for (const [field, kind] of Object.entries(kinds)) {
    if (kind.required !== true || (input[field] ?? null) !== null) continue;
    return { field, message: faultSentence(field, kind, 'json', input[field]) };
  }
  return null;
};
