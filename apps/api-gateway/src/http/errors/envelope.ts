import type { ErrorCode, ErrorDetail } from './api-error';

/** The content type of every answer but the pages. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** The fields of a DTO without its class: what a mapper returns. */
export type Fields<T> = { readonly [Name in keyof T]: T[Name] };

/** Every successful answer (the envelope of the public V2 API). */
export interface SuccessEnvelope<T> {
  readonly success: true;
  readonly data: T;
}

/** Every other answer. `details` names the inputs at fault, if any. */
export interface ErrorEnvelope {
  readonly success: false;
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly details?: readonly ErrorDetail[] };
}

export const success = <T>(data: T): SuccessEnvelope<T> => ({ success: true, data });

export const failure = (code: ErrorCode, message: string, details: readonly ErrorDetail[] = []): ErrorEnvelope => ({
  success: false,
  error: details.length === 0 ? { code, message } : { code, message, details },
});
