import type { Logger } from '@dialtone/platform';
import type { CalledBack } from '@dialtone/persistence';
import { failure, JSON_TYPE } from '../http/errors/envelope';
import { refusalOf } from '../http/errors/error.filter';
import type { HttpServer } from '../http/http-types';
import { CALLBACK_ROUTE } from '../http/server/secret-paths';
import { callbackPathOf, type CallbackPath } from './callback-paths';
import { noSuchCallback, type CallbacksService } from './callbacks.service';

interface Found {
  readonly path: CallbackPath;
  readonly call: CalledBack;
}

/**
 * Serves what carriers call, outside of /api and of its rules: no key, any form of body, answers as each carrier reads them. Not in the
 * OpenAPI document, which is for those who write clients. Call once, before the server listens.
 */
export const serveCallbacks = async (
  server: HttpServer,
  callbacks: CallbacksService,
  logger: Logger,
): Promise<void> => {
  await server.register((scope, _options, done) => {
    const known = new WeakMap<object, Found>();
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    scope.addHook('onRequest', async (request) => {
      const path = callbackPathOf(request.params);
      if (path === null) throw noSuchCallback();
      known.set(request, { path, call: await callbacks.find(path) });
    });
    scope.setErrorHandler((error, request, reply) => {
      const answer = refusalOf(error, request, logger);
      for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
      return reply
        .header('content-type', JSON_TYPE)
        .code(answer.status)
        .send(failure(answer.code, answer.message, answer.details));
    });
    scope.route({
      method: ['GET', 'POST'],
      url: CALLBACK_ROUTE,
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const found = known.get(request);
        if (found === undefined) throw noSuchCallback();
        const { method, headers, body, url: target } = request;
        const { contentType, body: answer } = await callbacks.hear(found.call, found.path, {
          method: method === 'GET' ? 'GET' : 'POST',
          headers,
          body: typeof body === 'string' ? body : '',
          target,
        });
        return reply.header('content-type', contentType).send(answer);
      },
    });
    done();
  });
};
