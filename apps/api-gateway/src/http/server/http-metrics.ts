import { Counter, Gauge, Histogram, type Registry } from '@dialtone/platform';
import type { HttpServer } from '../http-types';

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MS_PER_SECOND = 1000;
/** One series for all requests without a route, whatever their path. */
const UNMATCHED = 'unmatched';

const classOf = (status: number): string => `${String(Math.floor(status / 100))}xx`;

/** Counts all answered requests, including those that `measureRequests` does not see. */
export const requestCounter = (registry: Registry): Counter<'method' | 'route' | 'status'> =>
  new Counter({
    name: 'http_requests_total',
    help: 'Answered HTTP requests by route template and status',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });

/** Counts a response sent before routing. */
export const countUnmatched = (requests: ReturnType<typeof requestCounter>, status: number): void => {
  requests.inc({ method: UNMATCHED, route: UNMATCHED, status: String(status) });
};

/**
 * Measures rate, errors and duration of requests by route template (`…/bindings/:key`), never by id or number. Durations are
 * labelled with the class of the status only: every label value costs a dozen series. Call once per server.
 */
export const measureRequests = (
  server: HttpServer,
  registry: Registry,
  requests: ReturnType<typeof requestCounter>,
): void => {
  const registers = [registry];
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer HTTP requests by route template and class of status',
    labelNames: ['method', 'route', 'status_class'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const inProgress = new Gauge({
    name: 'http_requests_in_progress',
    help: 'HTTP requests that are not answered yet',
    registers,
  });
  server.addHook('onRequest', (_request, reply, done) => {
    inProgress.inc();
    // Emitted even when the client leaves before the answer.
    reply.raw.once('close', () => {
      inProgress.dec();
    });
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
    const method = route === UNMATCHED ? UNMATCHED : request.method;
    requests.inc({ method, route, status: String(reply.statusCode) });
    duration.observe({ method, route, status_class: classOf(reply.statusCode) }, reply.elapsedTime / MS_PER_SECOND);
    done();
  });
};
