import { Counter, type Logger, type Registry } from '@dialtone/platform';
import { CALLERS_BACK, type CallerBack } from '@dialtone/carriers';
import { failure, JSON_TYPE } from '../http/errors/envelope';
import { refusalOf } from '../http/errors/error.filter';
import type { HttpServer } from '../http/http-types';
import { CALLBACK_ROUTE } from '../http/server/secret-paths';
import { callbackPathOf, inboundPathOf } from './callback-paths';
import { reasonOf } from './callback-refused';
import type { AnsweredCallback, CallbacksService } from './callbacks.service';
import { noSuchCallback } from './heard-calls';
import type { InboundCallsService } from './inbound-calls.service';

/** What a path stands for. */
interface Found {
  readonly provider: CallerBack;
  readonly admit: () => void;
  readonly hear: (request: Parameters<CallbacksService['hear']>[2]) => Promise<AnsweredCallback>;
}

/** Who hears what carriers say. */
interface Listeners {
  readonly callbacks: CallbacksService;
  readonly inbound: InboundCallsService;
}

/** Throws NOT_FOUND for a path that no carrier was given. `target`: path and query. */
const findIn = async ({ callbacks, inbound }: Listeners, params: unknown, target: string): Promise<Found> => {
  const call = inboundPathOf(params, target);
  if (call !== null) {
    const place = await inbound.find(call);
    const admit = (): void => {
      inbound.admit(place);
    };
    return { provider: call.provider, admit, hear: (request) => inbound.hear(place, request) };
  }
  const path = callbackPathOf(params);
  if (path === null) throw noSuchCallback();
  const known = await callbacks.find(path);
  const admit = (): void => {
    callbacks.admit(known);
  };
  return { provider: path.provider, admit, hear: (request) => callbacks.hear(known, path, request) };
};

/** Of callbacks with a token; those of strangers are requests that were answered 404. */
const callbackCounter = (registry: Registry): Counter<'provider' | 'outcome' | 'reason'> => {
  const counter = new Counter({
    name: 'dialtone_callbacks_total',
    help: 'Callbacks of carriers with the token of a call or a connection, by carrier and outcome; refused ones by reason',
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
  listeners: Listeners,
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
      const found = await findIn(listeners, request.params, request.url);
      known.set(request, found);
      found.admit();
    });
    scope.setErrorHandler((error, request, reply) => {
      const answer = refusalOf(error, request, logger);
      const provider = known.get(request)?.provider;
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
        const { document, outcome } = await found.hear({
          method: method === 'GET' ? 'GET' : 'POST',
          headers,
          body: typeof body === 'string' ? body : '',
          target,
        });
        counter.inc({ provider: found.provider, outcome });
        return reply.header('content-type', document.contentType).send(document.body);
      },
    });
    done();
  });
};
