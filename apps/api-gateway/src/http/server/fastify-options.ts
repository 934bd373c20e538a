import { randomUUID } from 'node:crypto';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ApiError } from '../errors/api-error';
import { JSON_TYPE } from '../errors/envelope';
import type { HttpReply } from '../http-types';
import { toApiError } from '../errors/to-api-error';
import { SILENCE_MS, type Connections } from './connections';
import { refusalBody, refusalHeaders, REQUEST_ID_HEADER, type EarlyRefusal } from './early-refusal';
import { closeLingering } from './lingering-close';
import { endConnectionOfEndless } from './unread-body';

export type FastifyOptions = Extract<
  NonNullable<ConstructorParameters<typeof FastifyAdapter>[0]>,
  { frameworkErrors?: unknown }
>;

const BODY_LIMIT_BYTES = 64 * 1024;
/** A key too long for a number is refused as a key, not as an unknown route. */
const MAX_PARAM_LENGTH = 1024;
/** A request must arrive within this time, body included. A slower client only occupies a connection. */
const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
/** How often both time-outs are checked: Node's default of half a minute would double them. */
const TIMEOUT_CHECK_MS = 2_000;
const REQUEST_ID = /^[\w.:/+=-]{1,128}$/;

/** The caller's id if it is safe to log and to return, otherwise a new one. */
const requestIdOf = (headers: Readonly<Record<string, string | string[] | undefined>>): string => {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
};

const notHttp = (): ApiError => new ApiError('VALIDATION_ERROR', 'This is not a valid HTTP request.');

/** Reason phrases for answers written to the bare socket, which have no framework to write their status line. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Failures of Node's server before there is a request, by its error codes. */
const BY_CLIENT_ERROR: Readonly<Record<string, () => ApiError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: () =>
    new ApiError('REQUEST_TIMEOUT', 'The request did not arrive in time: send it again, faster.'),
  HPE_HEADER_OVERFLOW: () => new ApiError('HEADERS_TOO_LARGE', 'The URL and the headers are too large together.'),
};

/** Options of the Fastify server under Nest. A failure before routing gets the same envelope as any other. */
export const fastifyOptions = (
  connections: Connections,
  onEarlyRefusal: (refusal: EarlyRefusal) => void,
): FastifyOptions => ({
  // Event streams would keep the server from closing.
  forceCloseConnections: true,
  bodyLimit: BODY_LIMIT_BYTES,
  requestTimeout: REQUEST_MS,
  connectionTimeout: SILENCE_MS,
  http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
  requestIdHeader: false,
  genReqId: (request) => requestIdOf(request.headers),
  routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  frameworkErrors: (failed, request, reply) => {
    const error = toApiError(failed) ?? notHttp();
    onEarlyRefusal({ requestId: request.id, error, request, socket: request.raw.socket });
    endConnectionOfEndless(reply, request.raw, BODY_LIMIT_BYTES);
    // Its own type depends on route generics that a refused request does not have.
    (reply as unknown as HttpReply)
      .code(error.status)
      .header(REQUEST_ID_HEADER, request.id)
      .header('cache-control', 'no-store')
      .header('content-type', JSON_TYPE)
      .send(refusalBody(error));
  },
  clientErrorHandler: ({ code }, socket) => {
    // Its last answer is on its way, and what follows is not read.
    if (connections.isRefused(socket)) return;
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    const error = BY_CLIENT_ERROR[code]?.() ?? notHttp();
    const requestId = randomUUID();
    onEarlyRefusal({ requestId, error, request: null, socket });
    socket.write(rawAnswer(error, requestId));
    closeLingering(socket);
  },
});

const rawAnswer = (error: ApiError, requestId: string): string => {
  const body = refusalBody(error);
  return [
    `HTTP/1.1 ${String(error.status)} ${REASONS[error.status] ?? 'Error'}`,
    ...Object.entries(refusalHeaders(error, requestId, body)).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
};
