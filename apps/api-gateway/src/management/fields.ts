import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsNumber, Matches, Max, Min, ValidateIf } from 'class-validator';
import { Rule } from '../http/input/fields';

/** How one input looks in the document. */
interface FieldDoc {
  readonly description?: string;
  readonly example?: unknown;
}

export const MAX_ID = Number.MAX_SAFE_INTEGER;
/** Printable, and not only blanks. */
const PRINTABLE = '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]+$';

/** Only what was left out is left out: null is no value of any field here, as in the documents of the public API. */
export const unlessLeftOut = (field: string): PropertyDecorator =>
  ValidateIf((input: Readonly<Record<string, unknown>>) => input[field] !== undefined);

const required = (options: ApiPropertyOptions): PropertyDecorator => ApiProperty(options);
const optional = (field: string, options: ApiPropertyOptions): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional(options), unlessLeftOut(field));

interface Range {
  readonly min: number;
  readonly max: number;
}

const IDS: Range = { min: 1, max: MAX_ID };

const integerSentence = (field: string, { min, max }: Range, notation: string): string =>
  max === MAX_ID
    ? `${field} must be an integer of at least ${String(min)}, ${notation}.`
    : `${field} must be an integer from ${String(min)} to ${String(max)}, ${notation}.`;

const integerRule = (field: string, range: Range, notation: string): PropertyDecorator => {
  const message = integerSentence(field, range, notation);
  return applyDecorators(IsInt({ message }), Min(range.min, { message }), Max(range.max, { message }));
};

const JSON_NUMBER = 'written as a JSON number';
const integerDoc = (doc: FieldDoc, { min, max }: Range): ApiPropertyOptions => ({
  ...doc,
  type: 'integer',
  minimum: min,
  maximum: max,
});

/** An id or a count in a body, from 1. */
export const RequiredCount = (field: string, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(required(integerDoc(doc, IDS)), integerRule(field, IDS, JSON_NUMBER));

export const OptionalCount = (field: string, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(optional(field, integerDoc(doc, IDS)), integerRule(field, IDS, JSON_NUMBER));

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;

/**
 * The id of a handler, which one of the modes cannot do without: `mode` is the field that says so with `value`. Omitting it
 * then would leave the number without a handler.
 */
export const Handler = (field: string, mode: string, value: number, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional(integerDoc(doc, IDS)),
    ValidateIf((input: Readonly<Record<string, unknown>>) => input[field] !== undefined || input[mode] === value),
    Rule(
      `${field}IsCount`,
      isCount,
      `${integerSentence(field, IDS, JSON_NUMBER).slice(0, -1)}; it is required when ${mode} is ${String(value)}.`,
    ),
  );

const choiceRule = (field: string, choices: readonly number[], why = ''): PropertyDecorator =>
  IsIn([...choices], { message: `${field} must be one of ${choices.join(', ')}, ${JSON_NUMBER}. ${why}`.trim() });

/** `why` is a sentence that says why it cannot be left out, where that may surprise. */
export const RequiredCode = (
  field: string,
  choices: readonly number[],
  doc: FieldDoc,
  why?: string,
): PropertyDecorator =>
  applyDecorators(required({ ...doc, type: 'integer', enum: [...choices] }), choiceRule(field, choices, why));

export const OptionalCode = (
  field: string,
  choices: readonly number[],
  doc: FieldDoc & { readonly default?: number },
): PropertyDecorator =>
  applyDecorators(optional(field, { ...doc, type: 'integer', enum: [...choices] }), choiceRule(field, choices));

/** A finite number, also with a fraction. */
export const OptionalNumber = (field: string, min: number | null, doc: FieldDoc): PropertyDecorator => {
  const message = `${field} must be a number${min === null ? '' : ` of at least ${String(min)}`}, ${JSON_NUMBER}.`;
  return applyDecorators(
    optional(field, { ...doc, type: 'number', ...(min !== null && { minimum: min }) }),
    IsNumber({ allowNaN: false, allowInfinity: false }, { message }),
    ...(min === null ? [] : [Min(min, { message })]),
  );
};

const textDoc = (doc: FieldDoc, max: number): ApiPropertyOptions => ({
  ...doc,
  type: String,
  minLength: 1,
  maxLength: max,
  pattern: PRINTABLE,
});

const textRule = (field: string, max: number, why = ''): PropertyDecorator => {
  // Characters are counted as the document counts them: an emoji is one.
  const pattern = new RegExp(PRINTABLE.replace('+$', `{1,${String(max)}}$`), 'u');
  return Rule(
    `${field}IsText`,
    (value) => typeof value === 'string' && pattern.test(value),
    `${field} must be a text of 1 to ${String(max)} printable characters. ${why}`.trim(),
  );
};

export const RequiredText = (field: string, max: number, doc: FieldDoc, why?: string): PropertyDecorator =>
  applyDecorators(required(textDoc(doc, max)), textRule(field, max, why));

export const OptionalText = (field: string, max: number, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(optional(field, textDoc(doc, max)), textRule(field, max));

/** Dot-separated words, and a domain with a dot: the `email` format of the document, as validators read it. */
const EMAIL =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const MAX_EMAIL = 254;
const emailRule = (field: string): PropertyDecorator =>
  Rule(
    `${field}IsEmail`,
    (value) => typeof value === 'string' && value.length <= MAX_EMAIL && EMAIL.test(value),
    `${field} must be an e-mail address.`,
  );
const emailDoc = (doc: FieldDoc): ApiPropertyOptions => ({
  ...doc,
  type: String,
  format: 'email',
  maxLength: MAX_EMAIL,
});

export const RequiredEmail = (field: string, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(required(emailDoc(doc)), emailRule(field));

export const OptionalEmail = (field: string, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(optional(field, emailDoc(doc)), emailRule(field));

/** A calendar date, `YYYY-MM-DD`. */
export const OptionalDate = (field: string, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(
    optional(field, { ...doc, type: String, format: 'date' }),
    Rule(`${field}IsDate`, isDate, `${field} must be a date that exists, written YYYY-MM-DD.`),
  );

const isDate = (value: unknown): boolean => {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
};

const DECIMAL = /^[1-9]\d{0,15}$/;
const toInteger = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;

/** A whole number from 1 in a query string: decimal digits without sign, fraction, exponent or spaces. */
export const QueryCount = (field: string, doc: FieldDoc & { readonly max?: number }): PropertyDecorator => {
  const { max = MAX_ID, ...rest } = doc;
  const range = { min: 1, max };
  return applyDecorators(
    optional(field, integerDoc(rest, range)),
    Transform(toInteger),
    integerRule(field, range, 'written in decimal digits'),
  );
};

export const QueryCode = (field: string, choices: readonly number[], doc: FieldDoc): PropertyDecorator =>
  applyDecorators(
    optional(field, { ...doc, type: 'integer', enum: [...choices] }),
    Transform(({ value }: { value: unknown }): unknown =>
      typeof value === 'string' && choices.map(String).includes(value) ? Number(value) : value,
    ),
    IsIn([...choices], { message: `${field} must be one of ${choices.join(', ')}.` }),
  );

const SEARCH = /^[^\p{Cc}\p{Cs}]{0,100}$/u;

/** Free text in a query string, for VoiceLink to interpret. */
export const QueryText = (field: string, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(
    optional(field, { ...doc, type: String, maxLength: 100, pattern: SEARCH.source }),
    Matches(SEARCH, { message: `${field} must be a text of at most 100 printable characters.` }),
  );
