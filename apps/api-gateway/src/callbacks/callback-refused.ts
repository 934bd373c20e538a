import { ApiError } from '../http/errors/api-error';

/** Why a callback with the token of a call was refused. */
export type RefusalReason = 'signature' | 'stale' | 'rate' | 'size' | 'other';

/** A callback that its carrier has not made, or has made too long ago. */
export class CallbackRefused extends ApiError {
  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super('FORBIDDEN', message);
  }
}

const BY_STATUS: Readonly<Record<number, RefusalReason>> = { 413: 'size', 429: 'rate' };

/** `status`: with which the error was answered. */
export const reasonOf = (error: unknown, status: number): RefusalReason =>
  error instanceof CallbackRefused ? error.reason : (BY_STATUS[status] ?? 'other');
