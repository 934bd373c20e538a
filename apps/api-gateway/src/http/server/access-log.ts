import type { Logger } from '@dialtone/platform';
import type { EarlyRefusal } from './fastify-options';
import type { HttpRequest, HttpServer } from '../http-types';

/** Probes ask for these every few seconds: their lines would drown the rest. */
const QUIET = /^\/health\//;
const SERVER_ERROR = 500;

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

/** Logs a request that was refused before any hook could see it. */
export const logEarlyRefusal = (logger: Logger, { requestId, error, request }: EarlyRefusal): void => {
  logger.info(
    {
      request_id: requestId,
      ...(request !== null && { method: request.method, path: pathOf(request.url) }),
      status: error.status,
      code: error.code,
    },
    'request',
  );
};

/** Logs one line per answered request with its API key id, without query string, headers and bodies. Call once, before the server listens. */
export const logRequests = (server: HttpServer, logger: Logger): void => {
  server.addHook('onResponse', (request, reply, done) => {
    const path = pathOf(request.url);
    if (!QUIET.test(path)) {
      const { id, method, principal }: HttpRequest = request;
      const line = {
        request_id: id,
        method,
        path,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        // Absent when the request was not admitted.
        ...(principal !== undefined && { partner_id: principal.partnerId, api_key_id: principal.apiKeyId }),
      };
      if (reply.statusCode >= SERVER_ERROR) logger.error(line, 'request');
      else logger.info(line, 'request');
    }
    done();
  });
};
