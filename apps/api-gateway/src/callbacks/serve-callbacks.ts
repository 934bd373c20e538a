import { Counter, type Logger, type Registry } from '@dialtone/platform';
import { CALLERS_BACK } from '@dialtone/carriers';
import type { CalledBack } from '@dialtone/persistence';
import { failure, JSON_TYPE } from '../http/errors/envelope';
import { refusalOf } from '../http/errors/error.filter';
import type { HttpServer } from '../http/http-types';
import { CALLBACK_ROUTE } from '../http/server/secret-paths';
import { callbackPathOf, type CallbackPath } from './callback-paths';
import { reasonOf } from './callback-refused';
import type { CallbacksService } from './callbacks.service';
import { noSuchCallback } from './heard-calls';

interface Found {
  readonly path: CallbackPath;
  readonly call: CalledBack;
}

/** Of callbacks with the token of a call; those of strangers are requests that were answered 404. */
const callbackCounter = (registry: Registry): Counter<'provider' | 'outcome' | 'reason'> => {
  const counter = new Counter({
    name: 'dialtone_callbacks_total',
    help: 'Callbacks of carriers with the token of a call, by carrier and outcome; refused ones by reason',
    labelNames: ['provider', 'outcome', 'reason'],
    registers: [registry],
  });
  // An alert rests on these: the first refusal of a process is an increase only where there was a zero before.
  for (const provider of CALLERS_BACK)
    for (const reason of ['signature', 'stale']) counter.inc({ provider, outcome: 'refused', reason }, 0);
  return counter;
};

const failedAs = (error: unknown, status: number): { readonly outcome: string; readonly reason?: string } =>
  status < 500 ? { outcome: 'refused', reason: reasonOf(error, status) } : { outcome: 'failed' };

/**
 * Serves what carriers call, outside of /api and of its rules: no key, any form of body, answers as each carrier reads them. Not in the
 * OpenAPI document, which is for those who write clients. Call once, before the server listens.
 */
export const serveCallbacks = async (
  server: HttpServer,
  callbacks: CallbacksService,
  { logger, registry }: { readonly logger: Logger; readonly registry: Registry },
): Promise<void> => {
  const counter = callbackCounter(registry);
  await server.register((scope, _options, done) => {
    const known = new WeakMap<object, Found>();
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    scope.addHook('onRequest', async (request) => {
      const path = callbackPathOf(request.params);
      if (path === null) throw noSuchCallback();
      const call = await callbacks.find(path);
      known.set(request, { path, call });
      callbacks.admit(call);
    });
    scope.setErrorHandler((error, request, reply) => {
      const answer = refusalOf(error, request, logger);
      const provider = known.get(request)?.path.provider;
      if (provider !== undefined) counter.inc({ provider, ...failedAs(error, answer.status) });
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
        const { document, outcome } = await callbacks.hear(found.call, found.path, {
          method: method === 'GET' ? 'GET' : 'POST',
          headers,
          body: typeof body === 'string' ? body : '',
          target,
        });
        counter.inc({ provider: found.path.provider, outcome });
        return reply.header('content-type', document.contentType).send(document.body);
      },
    });
    done();
  });
};
