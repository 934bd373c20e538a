import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ApiError, invalidInput, shownName, type ErrorDetail } from '../errors/api-error';
import { AcceptedInputs } from './accepted-inputs';
import { MAX_FIELDS } from './body-shape';

const UNKNOWN_FIELD = 'whitelistValidation';
/** More than a person mends at once, and few enough for an answer. */
const MAX_NAMED = 20;

const messagesOf = (error: ValidationError): string[] => {
  const constraints = error.constraints ?? {};
  if (UNKNOWN_FIELD in constraints) return [`${shownName(error.property)} is not known here: remove it.`];
  return [...new Set(Object.values(constraints))];
};

const detailsOf = (errors: readonly ValidationError[], parent = ''): ErrorDetail[] =>
  errors.flatMap((error) => {
    const field = `${parent}${shownName(error.property)}`;
    const own = messagesOf(error).map((message): ErrorDetail => ({ field, message }));
    return [...own, ...detailsOf(error.children ?? [], `${field}.`)];
  });

/** One 400 that names every wrong field, up to twenty, and says what it must be. */
export const validationFailed = (errors: readonly ValidationError[]): ApiError => {
  const all = detailsOf(errors);
  const details = all.slice(0, MAX_NAMED);
  const more = all.length > details.length ? [`There are ${String(all.length - details.length)} more.`] : [];
  const message = [...details.map((detail) => detail.message), ...more].join(' ');
  return new ApiError('VALIDATION_ERROR', message, { details });
};

const isJsonObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that every object has: class-transformer drops some of them, and class-validator takes the others for known. */
const isReserved = (name: string): boolean => name === 'prototype' || name in Object.prototype;

const reservedName = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const names = Object.keys(value);
  return (
    names.find(isReserved) ??
    Object.values(value)
      .map(reservedName)
      .find((name) => name !== undefined)
  );
};

/** The parser has counted the fields of a body; the validator takes time with the square of those that it does not know. */
const refuseTooMany = (value: unknown, { type }: ArgumentMetadata): void => {
  if (type !== 'query' || !isJsonObject(value) || Object.keys(value as object).length <= MAX_FIELDS) return;
  throw invalidInput('query', `The query must not have more than ${String(MAX_FIELDS)} parameters.`);
};

/** Validates bodies and queries against their DTO. Nothing is coerced: a JSON string is never a number. */
@Injectable()
export class StrictValidationPipe extends ValidationPipe {
  private readonly accepted = new AcceptedInputs();

  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      validationError: { target: false, value: false },
      exceptionFactory: validationFailed,
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // A parameter decorator made this value, the caller did not send it; the request and socket inside are circular.
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body' && value !== undefined && !isJsonObject(value)) {
      throw invalidInput('body', 'The body must be a JSON object.');
    }
    refuseTooMany(value, metadata);
    const reserved = reservedName(value);
    if (reserved !== undefined) throw invalidInput(reserved, `${reserved} is not known here: remove it.`);
    return this.read(value, metadata);
  }

  /** A new instance each time: only the look at its fields, which finds the same again, is left out. */
  private async read(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { metatype, type } = metadata;
    if (metatype === undefined || !isJsonObject(value) || !this.toValidate(metadata)) {
      return super.transform(value, metadata);
    }
    const dto = metatype as new () => object;
    // Before it is read, which may change it.
    const text = AcceptedInputs.textOf(type, dto, value as object);
    if (text === null) return super.transform(value, metadata);
    const known = this.accepted.read(dto, text, value as object);
    if (known !== null) return known;
    const read = (await super.transform(value, metadata)) as object;
    this.accepted.add(dto, text, read);
    return read;
  }

  /**
   * Nest would convert a parameter that a handler takes as a number with `+value`, and so accept `01`, `1e0` and `0x1` as ids.
   * The type that the compiler emits for a branded number depends on how the compiler is run.
   */
  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}
