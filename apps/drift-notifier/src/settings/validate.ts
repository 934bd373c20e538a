import 'reflect-metadata';
import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

const UNKNOWN = 'whitelistValidation';

const sentencesOf = (error: ValidationError, within: string): readonly string[] => {
  const isItem = /^\d+$/.test(error.property);
  const step = isItem ? `[${error.property}]` : `${within === '' ? '' : '.'}${error.property}`;
  const path = `${within}${step}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) =>
    rule === UNKNOWN ? `${path} is not known.` : `${path} ${message}.`,
  );
  return [...own, ...(error.children ?? []).flatMap((child) => sentencesOf(child, path))];
};

export type Validated<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] };

/** Unknown fields are errors: a misspelt one would be left out in silence. Each problem begins with the path of its field. */
export const validate = <T extends object>(shape: ClassConstructor<T>, plain: object): Validated<T> => {
  const value = plainToInstance(shape, plain, { exposeDefaultValues: true });
  const errors = validateSync(value, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  return errors.length === 0
    ? { ok: true, value }
    : { ok: false, problems: [...new Set(errors.flatMap((error) => sentencesOf(error, '')))] };
};
