import { HttpException } from '@nestjs/common';
import { QuotaReachedError } from '@dialtone/persistence';
import { ApiError, invalidInput, type ErrorCode } from './api-error';
import { quotaReached } from './quota-errors';

interface CodedError {
  readonly code?: unknown;
  readonly statusCode?: unknown;
}

/** Fastify's own refusals, by its error codes. */
const BY_FASTIFY_CODE: Readonly<Record<string, () => ApiError>> = {
  FST_ERR_BAD_URL: () => invalidInput('url', 'The URL holds a malformed percent-encoding: write a plus sign as %2B.'),
  FST_ERR_MAX_PARAM_LENGTH: () => new ApiError('URI_TOO_LONG', 'A path segment is too long.'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => invalidInput('body', 'The body is not valid JSON.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as JSON, with the header "Content-Type: application/json".'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new ApiError('PAYLOAD_TOO_LARGE', 'The body is too large.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    invalidInput('Content-Length', 'Content-Length must be the length of the body.'),
};

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  503: 'SERVICE_UNAVAILABLE',
};

/** Another process takes the next request. */
const shuttingDown = (): ApiError =>
  new ApiError('SERVICE_UNAVAILABLE', 'The service is shutting down: try again.', { retryAfterMs: 1_000 });

const fromFramework = (error: Error, status: number): ApiError | null => {
  const { code } = error as CodedError;
  const known = typeof code === 'string' ? BY_FASTIFY_CODE[code] : undefined;
  if (known !== undefined) return known();
  if (status === 503) return shuttingDown();
  if (status >= 500) return null;
  return new ApiError(BY_STATUS[status] ?? 'VALIDATION_ERROR', error.message);
};

/** What the caller may read about an error; null for a defect, which stays internal. */
export const toApiError = (error: unknown): ApiError | null => {
  if (error instanceof ApiError) return error;
  if (error instanceof QuotaReachedError) return quotaReached(error);
  if (error instanceof HttpException) {
    const origin = error.cause instanceof Error ? error.cause : error;
    return fromFramework(origin, error.getStatus());
  }
  if (!(error instanceof Error)) return null;
  const { statusCode } = error as CodedError;
  return typeof statusCode === 'number' ? fromFramework(error, statusCode) : null;
};
