import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { ApiError, invalidInput, type ErrorDetail } from './api-error';

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
    if (metadata.type === 'body' && value !== undefined && !isJsonObject(value)) {
      throw invalidInput('body', 'The body must be a JSON object.');
    }
    return super.transform(value, metadata);
  }
}
