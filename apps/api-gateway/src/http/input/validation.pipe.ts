import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ApiError, invalidInput, type ErrorDetail } from '../errors/api-error';

const UNKNOWN_FIELD = 'whitelistValidation';

const messagesOf = (error: ValidationError): string[] => {
  const constraints = error.constraints ?? {};
  if (UNKNOWN_FIELD in constraints) return [`${error.property} is not known here: remove it.`];
  return [...new Set(Object.values(constraints))];
};

const detailsOf = (errors: readonly ValidationError[], parent = ''): ErrorDetail[] =>
  errors.flatMap((error) => {
    const field = `${parent}${error.property}`;
    const own = messagesOf(error).map((message): ErrorDetail => ({ field, message }));
    return [...own, ...detailsOf(error.children ?? [], `${field}.`)];
  });

/** One 400 that names every wrong field and says what it must be. */
export const validationFailed = (errors: readonly ValidationError[]): ApiError => {
  const details = detailsOf(errors);
  return new ApiError('VALIDATION_ERROR', details.map((detail) => detail.message).join(' '), { details });
};

const isJsonObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names that every object has: class-transformer leaves some of them out, and class-validator takes the others for known. */
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

/** Validates bodies and queries against their DTO. Nothing is coerced: a JSON string is never a number. */
@Injectable()
export class StrictValidationPipe extends ValidationPipe {
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
    // What a decorator of ours made (the call with its request and socket, which lead back to themselves) was not sent.
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body' && value !== undefined && !isJsonObject(value)) {
      throw invalidInput('body', 'The body must be a JSON object.');
    }
    const reserved = reservedName(value);
    if (reserved !== undefined) throw invalidInput(reserved, `${reserved} is not known here: remove it.`);
    return super.transform(value, metadata);
  }

  /**
   * Nest would read a parameter that a handler takes as a number with `+value`, and so take `01`, `1e0` and `0x1` for ids. What
   * the compiler notes as the type of a branded number depends on how it is run.
   */
  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}
