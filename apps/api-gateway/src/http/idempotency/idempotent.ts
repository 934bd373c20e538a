import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiErrors } from '../errors/api-docs';
import { IdempotencyInterceptor, SECRET_ANSWER_KEY } from './idempotency.interceptor';

export const IDEMPOTENT_KEY = 'dialtone:idempotent';

/**
 * Honours `Idempotency-Key` on a route. Every mutating route has it; a test names those without. A handler awaits
 * `call.once.begin()` right before work that must not be done twice. `secret`: the answer holds one, and is kept sealed.
 */
export const Idempotent = (answer?: 'secret'): MethodDecorator =>
  applyDecorators(
    SetMetadata(IDEMPOTENT_KEY, true),
    SetMetadata(SECRET_ANSWER_KEY, answer === 'secret'),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'A text of your choice, new for every request. Repeating the request with the same key within 24 hours returns the first answer (with `Idempotency-Replayed: true`) instead of doing it again; another request with the same key is refused.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
    }),
    ApiErrors('VALIDATION_ERROR', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_PROGRESS', 'IDEMPOTENCY_OUTCOME_UNKNOWN'),
    ApiErrors('KEPT_ANSWER_LIMIT_REACHED'),
  );
