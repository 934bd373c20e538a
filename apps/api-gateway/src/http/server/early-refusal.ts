import type { Socket } from 'node:net';
import type { ApiError } from '../errors/api-error';
import { failure, JSON_TYPE } from '../errors/envelope';

export const REQUEST_ID_HEADER = 'x-request-id';

/** An answer sent before routing: hooks, and therefore access log and metrics, do not see it. */
export interface EarlyRefusal {
  readonly requestId: string;
  readonly error: ApiError;
  /** Null when not even this was readable. */
  readonly request: { readonly method: string; readonly url: string } | null;
  readonly socket: Socket;
}

export const refusalBody = ({ code, message, details }: ApiError): string =>
  JSON.stringify(failure(code, message, details));

/** What the answer carries when no framework writes it. The connection ends with it. */
export const refusalHeaders = ({ headers }: ApiError, requestId: string, body: string): Record<string, string> => ({
  ...headers,
  'X-Request-Id': requestId,
  'Cache-Control': 'no-store',
  'Content-Type': JSON_TYPE,
  'Content-Length': String(Buffer.byteLength(body)),
  Connection: 'close',
});
