import { randomUUID } from 'node:crypto';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { ApiError } from './api-error';
import { failure } from './envelope';
import type { HttpReply } from './http-types';
import { toApiError } from './to-api-error';

export type FastifyOptions = Extract<
  NonNullable<ConstructorParameters<typeof FastifyAdapter>[0]>,
  { frameworkErrors?: unknown }
>;

const BODY_LIMIT_BYTES = 64 * 1024;
/** A key that is too long to be a number is refused as such, not as an unknown route. */
const MAX_PARAM_LENGTH = 1024;
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;
export const REQUEST_ID_HEADER = 'x-request-id';

/** The caller's id if it is safe to log and to send back, a new one otherwise. */
const requestIdOf = (headers: Readonly<Record<string, string | string[] | undefined>>): string => {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
};

const envelopeOf = (error: ApiError | null): { status: number; body: string } =>
  error === null
    ? { status: 400, body: JSON.stringify(failure('VALIDATION_ERROR', 'This is not a valid HTTP request.')) }
    : { status: error.status, body: JSON.stringify(failure(error.code, error.message, error.details)) };

/** Options of the Fastify server under Nest. What fails before routing gets the same envelope as everything else. */
export const fastifyOptions = (): FastifyOptions => ({
  // Event streams would keep the server from closing.
  forceCloseConnections: true,
  bodyLimit: BODY_LIMIT_BYTES,
  requestIdHeader: false,
  genReqId: (request) => requestIdOf(request.headers),
  routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  frameworkErrors: (error, request, reply) => {
    const { status, body } = envelopeOf(toApiError(error));
    // Its own type depends on route generics that a refused request does not have.
    (reply as unknown as HttpReply)
      .code(status)
      .header(REQUEST_ID_HEADER, request.id)
      .header('content-type', 'application/json; charset=utf-8')
      .send(body);
  },
  clientErrorHandler: (_error, socket) => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const { body } = envelopeOf(null);
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`,
    );
  },
});
