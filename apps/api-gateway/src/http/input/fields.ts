import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateBy } from 'class-validator';
import { CURSOR_MESSAGE } from '../errors/api-error';

/** How one input looks in the document. */
interface FieldDoc {
  readonly description: string;
  readonly example?: unknown;
  readonly deprecated?: boolean;
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DECIMAL = /^(?:0|[1-9]\d{0,8})$/;
const CURSOR = /^[\w.~+/=-]{1,500}$/;

const optional = (options: ApiPropertyOptions): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional(options), IsOptional());

const uuidRule = (field: string): PropertyDecorator =>
  Matches(UUID, { message: `${field} must be a UUID, for example 9b7f1c44-c87f-4f0c-9124-3c802a9c1a20.` });

export const RequiredUuid = (field: string, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(ApiProperty({ ...doc, type: String, format: 'uuid' }), uuidRule(field));

/** In a body null is the same as leaving it out. */
export const OptionalUuid = (field: string, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(optional({ ...doc, type: String, format: 'uuid', nullable: true }), uuidRule(field));

/** In a body null is the same as leaving it out. */
export const OptionalChoice = (field: string, choices: readonly string[], doc: FieldDoc): PropertyDecorator =>
  applyDecorators(
    optional({ ...doc, type: String, enum: [...choices], nullable: true }),
    IsIn([...choices], { message: `${field} must be one of ${choices.join(', ')}.` }),
  );

interface Range {
  readonly min: number;
  readonly max: number;
}

const integerRule = (field: string, { min, max }: Range, notation: string): PropertyDecorator => {
  const message = `${field} must be an integer from ${String(min)} to ${String(max)}, ${notation}.`;
  return applyDecorators(IsInt({ message }), Min(min, { message }), Max(max, { message }));
};

/** A JSON number; a JSON string with digits is refused. */
export const OptionalJsonInteger = (field: string, range: Range, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(
    optional({ ...doc, type: 'integer', minimum: range.min, maximum: range.max, nullable: true }),
    integerRule(field, range, 'written as a JSON number'),
  );

/** Decimal digits in a query string; signs, fractions, exponents and spaces are refused. */
export const OptionalQueryInteger = (
  field: string,
  range: Range & { readonly default: number },
  doc: FieldDoc,
): PropertyDecorator =>
  applyDecorators(
    optional({ ...doc, type: 'integer', minimum: range.min, maximum: range.max, default: range.default }),
    Transform(({ value }: { value: unknown }): unknown =>
      typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value,
    ),
    integerRule(field, range, 'written in decimal digits'),
  );

/** What a page before returned as `next_cursor`. */
export const OptionalCursor = (): PropertyDecorator =>
  applyDecorators(
    optional({ description: '`next_cursor` of the page before; leave it out for the first page.', type: String }),
    Matches(CURSOR, { message: CURSOR_MESSAGE }),
  );

/** A rule of our own over one value (and the input that it is part of), with its sentence. */
export const Rule = (
  name: string,
  isValid: (value: unknown, input: unknown) => boolean,
  message: string,
): PropertyDecorator =>
  ValidateBy({
    name,
    validator: { validate: (value, args) => isValid(value, args?.object), defaultMessage: () => message },
  });
