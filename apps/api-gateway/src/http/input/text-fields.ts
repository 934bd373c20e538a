import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, Matches } from 'class-validator';

/** What a text must be: the same pattern is checked and documented. */
export interface TextRule {
  readonly pattern: RegExp;
  /** Completes the sentence "… must be". */
  readonly mustBe: string;
  readonly maxLength: number;
  readonly format?: 'email' | 'password' | 'uri';
}

/** How one text looks in the document. */
interface TextDoc {
  readonly description: string;
  readonly example?: string;
}

const schemaOf = ({ pattern, maxLength, format }: TextRule, doc: TextDoc): ApiPropertyOptions => ({
  ...doc,
  type: String,
  pattern: pattern.source,
  maxLength,
  ...(format !== undefined && { format }),
});

const textRule = (field: string, { pattern, mustBe }: TextRule): PropertyDecorator =>
  Matches(pattern, { message: `${field} must be ${mustBe}.` });

export const RequiredText = (field: string, rule: TextRule, doc: TextDoc): PropertyDecorator =>
  applyDecorators(ApiProperty(schemaOf(rule, doc)), textRule(field, rule));

/** In a body; null is the same as leaving it out, unless the handler says otherwise. */
export const OptionalText = (field: string, rule: TextRule, doc: TextDoc): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional({ ...schemaOf(rule, doc), nullable: true }), IsOptional(), textRule(field, rule));

/** In a query. */
export const QueryText = (field: string, rule: TextRule, doc: TextDoc): PropertyDecorator =>
  applyDecorators(ApiPropertyOptional(schemaOf(rule, doc)), IsOptional(), textRule(field, rule));

export const RequiredChoice = (field: string, choices: readonly string[], doc: TextDoc): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ ...doc, type: String, enum: [...choices] }),
    IsIn([...choices], { message: `${field} must be one of ${choices.join(', ')}.` }),
  );

/** In a body: a choice that may be null, which is the same as leaving it out. */
export const NullableChoice = (field: string, choices: readonly string[], doc: TextDoc): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ ...doc, type: String, enum: [...choices], nullable: true }),
    IsOptional(),
    IsIn([...choices], { message: `${field} must be one of ${choices.join(', ')}.` }),
  );

/** A JSON boolean; null is the same as leaving it out. */
export const OptionalJsonBoolean = (field: string, description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, type: Boolean, nullable: true }),
    IsOptional(),
    IsBoolean({ message: `${field} must be true or false, written as a JSON boolean.` }),
  );

/** `true` or `false` in a query. */
export const OptionalQueryBoolean = (field: string, description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, type: Boolean }),
    IsOptional(),
    Transform(({ value }: { value: unknown }): unknown =>
      value === 'true' || value === 'false' ? value === 'true' : value,
    ),
    IsBoolean({ message: `${field} must be true or false.` }),
  );

/** Not only blanks, and no control characters. */
export const printable = (max: number): TextRule => ({
  pattern: new RegExp(`^(?=[\\s\\S]*\\S)[^\\p{Cc}\\p{Cs}]{1,${String(max)}}$`, 'u'),
  mustBe: `a text of 1 to ${String(max)} printable characters`,
  maxLength: max,
});

/** A name or a secret of a carrier: visible or spaces inside, as it was given out. */
export const secretText = (max: number): TextRule => ({ ...printable(max), format: 'password' });

export const E164: TextRule = {
  pattern: /^\+[1-9]\d{6,14}$/,
  mustBe: 'a number in E.164 form, for example +918011223344',
  maxLength: 16,
};

/** Also the national form and short codes, which some carriers use for caller ids. */
export const LOOSE_NUMBER: TextRule = {
  pattern: /^\+?\d{4,15}$/,
  mustBe: 'a number of 4 to 15 digits, with or without +',
  maxLength: 16,
};

/** Of Vocobase's own lists; the lists of VoiceLink are paged by VoiceLink. */
export const LIST_LIMIT = { min: 1, max: 100, default: 10 } as const;
export const LIST_OFFSET = { min: 0, max: 1_000_000, default: 0 } as const;
