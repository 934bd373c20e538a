import { beginSpan, isTracing, type OpenSpan } from '@dialtone/tracing';
import { causeOf } from '../errors/cause-of';
import type { HttpRequest, HttpServer } from '../http-types';
import type { RequestObserver } from '../request-observer';
import { routeOf } from './route-of';
import { QUIET } from './secret-paths';

const headerOf = ({ headers }: HttpRequest, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

const begin = (request: HttpRequest): OpenSpan => {
  const route = routeOf(request);
  const stranger = headerOf(request, 'traceparent');
  return beginSpan(route === null ? request.method : `${request.method} ${route}`, {
    kind: 'server',
    ...(stranger !== undefined && { stranger }),
    attributes: {
      'http.request.method': request.method,
      ...(route !== null && { 'http.route': route }),
      'dialtone.request_id': request.id,
    },
  });
};

/**
 * One span for each request, named by its route: its path may name a number. A caller's traceparent is gone on with, and is not
 * trusted to make this deployment keep more traces than it wants. Call once, before the server listens.
 */
export const traceRequests = (server: HttpServer): RequestObserver => {
  if (!isTracing()) return { ends: () => undefined };
  server.addHook('onRequest', (request: HttpRequest, _reply, done) => {
    if (!QUIET.test(request.url)) request.span = begin(request);
    if (request.span === undefined) done();
    else request.span.run(done);
  });
  // The body has arrived meanwhile, in the context of the socket.
  server.addHook('preValidation', (request: HttpRequest, _reply, done) => {
    if (request.span === undefined) done();
    else request.span.run(done);
  });
  return {
    ends: ({ request: { span, principal }, status, code, isAborted }) => {
      if (span === undefined) return;
      span.set({
        'http.response.status_code': status,
        ...(code !== undefined && { 'dialtone.error_code': code }),
        ...(isAborted && { 'dialtone.aborted': true }),
        ...(principal !== undefined && { 'dialtone.partner_id': principal.partnerId }),
      });
      if (causeOf(status, code) !== null) span.fail(code ?? String(status));
      span.end();
    },
  };
};
