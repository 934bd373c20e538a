import { ApiError } from '../http/errors/api-error';

/** Numbers cannot be deleted, so only the operator can help. */
export const tooManyNumbers = (atMost: number): ApiError =>
  new ApiError(
    'NUMBER_LIMIT_REACHED',
    `This partner may have ${String(atMost)} phone numbers, and would have more: ask the operator to raise MAX_PHONE_NUMBERS_PER_PARTNER.`,
  );
