import { Histogram, type Registry } from '@dialtone/platform';
import type { HttpServer } from './http-types';

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MS_PER_SECOND = 1000;
/** One series for whatever no route serves, however it is spelled. */
const UNMATCHED = 'unmatched';

/** Times every request under its route template (`…/bindings/:key`), never under ids or numbers. Call once per server. */
export const measureRequests = (server: HttpServer, registry: Registry): void => {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer HTTP requests, by route template.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
    duration.observe(
      { method: route === UNMATCHED ? UNMATCHED : request.method, route, status: String(reply.statusCode) },
      reply.elapsedTime / MS_PER_SECOND,
    );
    done();
  });
};

/** Serves the registry at /metrics. */
export const serveMetrics = (server: HttpServer, registry: Registry): void => {
  server.get('/metrics', async (_request, reply) => {
    const text = await registry.metrics();
    return reply.header('content-type', registry.contentType).send(text);
  });
};
