import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy, ValidateIf } from 'class-validator';

/** What a value must be. One rule is checked, documented and told to the caller. */
export interface Kind {
  readonly schema: ApiPropertyOptions;
  /** Completes the sentence "<field> must be …". */
  readonly mustBe: string;
  /** How the value is written, where that needs saying: ends the same sentence. */
  readonly notation?: { readonly json: string; readonly query?: string };
  readonly isValid: (value: unknown) => boolean;
  /** Ends the sentence "<field> …" about one wrong value, where more can be said than what it must be. */
  readonly faultOf?: (value: unknown) => string | null;
  /** Reads the value of a query parameter; undefined when the text is none. */
  readonly fromQuery?: (text: string) => unknown;
}

/** How one field looks in the document. */
interface FieldDoc {
  /** The component that it becomes, where many bodies have the field. */
  readonly title?: string;
  readonly description?: string;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly deprecated?: boolean;
}

type Notation = keyof NonNullable<Kind['notation']>;

/** What the caller reads about a value that is not of its kind. */
export const sentenceOf = (field: string, { mustBe, notation }: Kind, written: Notation = 'json'): string =>
  [`${field} must be ${mustBe}`, notation?.[written]].filter((part) => part !== undefined).join(', ');

/** The same about one wrong value. */
export const faultSentence = (field: string, kind: Kind, written: Notation, value: unknown): string => {
  const fault = kind.faultOf?.(value) ?? null;
  return fault === null ? `${sentenceOf(field, kind, written)}.` : `${field} ${fault}.`;
};

/** A rule of its own over one value (and the input that it is part of), with its sentence. */
export const Rule = (
  name: string,
  isValid: (value: unknown, input: unknown) => boolean,
  message: string | ((value: unknown) => string),
): PropertyDecorator =>
  ValidateBy({
    name,
    validator: {
      validate: (value, args) => isValid(value, args?.object),
      defaultMessage: (args) => (typeof message === 'string' ? message : message(args?.value)),
    },
  });

const KindRule = (field: string, kind: Kind, written: Notation, why = ''): PropertyDecorator =>
  Rule('kind', kind.isValid, (value) => `${faultSentence(field, kind, written, value)} ${why}`.trim());

const docOf = ({ schema }: Kind, doc: FieldDoc): ApiPropertyOptions => ({ ...doc, ...schema });

/** In a body. `why` is a sentence that says why the field cannot be omitted, where that may surprise. */
export const Required = (field: string, kind: Kind, doc: FieldDoc, why?: string): PropertyDecorator =>
  applyDecorators(ApiProperty(docOf(kind, doc)), KindRule(field, kind, 'json', why));

/** Validates a field unless it is omitted: null is a value, and a wrong one. */
export const UnlessOmitted = (field: string): PropertyDecorator =>
  ValidateIf((input: Readonly<Record<string, unknown>>) => input[field] !== undefined);

/** In a body, where only omission is omission: null is refused. */
export const Optional = (field: string, kind: Kind, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional(docOf(kind, doc)), UnlessOmitted(field), KindRule(field, kind, 'json'));

/** In a body; null is the same as omission, unless the handler says otherwise. */
export const Nullable = (field: string, kind: Kind, doc: FieldDoc): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ ...docOf(kind, doc), nullable: true }),
    IsOptional(),
    KindRule(field, kind, 'json'),
  );

/** An optional query parameter. */
export const InQuery = (field: string, kind: Kind, doc: FieldDoc): PropertyDecorator => {
  const { fromQuery } = kind;
  const read = ({ value }: { value: unknown }): unknown =>
    typeof value === 'string' ? (fromQuery?.(value) ?? value) : value;
  return applyDecorators(
    ApiPropertyOptional(docOf(kind, doc)),
    IsOptional(),
    ...(fromQuery === undefined ? [] : [Transform(read)]),
    KindRule(field, kind, 'query'),
  );
};
