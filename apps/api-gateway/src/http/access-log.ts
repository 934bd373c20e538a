import type { Logger } from '@dialtone/platform';
import type { HttpRequest, HttpServer } from './http-types';

/** Asked every few seconds by machines: logging them would drown the rest. */
const QUIET = /^\/health\//;
const SERVER_ERROR = 500;

/** One line per answered request, with whose key it came, without query string, headers and bodies. Call once, before the server listens. */
export const logRequests = (server: HttpServer, logger: Logger): void => {
  server.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '';
    if (!QUIET.test(path)) {
      const { id, method, principal }: HttpRequest = request;
      const line = {
        request_id: id,
        method,
        path,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        // Absent when nobody was let in.
        ...(principal !== undefined && { partner_id: principal.partnerId, api_key_id: principal.apiKeyId }),
      };
      if (reply.statusCode >= SERVER_ERROR) logger.error(line, 'request');
      else logger.info(line, 'request');
    }
    done();
  });
};
