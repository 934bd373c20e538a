import { Counter, Gauge, Histogram, type Registry } from '@dialtone/platform';
import { causeOf } from '../errors/cause-of';
import { routeOf } from './route-of';
import type { RequestObserver } from '../request-observer';

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const MS_PER_SECOND = 1000;
/** One series for all requests without a route, whatever their path. */
const UNMATCHED = 'unmatched';

const classOf = (status: number): string => `${String(Math.floor(status / 100))}xx`;

/** Counts all requests that have ended, including those that `requestMetrics` is not told of. */
export const requestCounter = (registry: Registry): Counter<'method' | 'route' | 'status' | 'cause'> =>
  new Counter({
    name: 'http_requests_total',
    help: 'HTTP requests that have ended, by route template and status; 499 where the sender left before an answer; a 5xx by its cause, upstream or dialtone',
    labelNames: ['method', 'route', 'status', 'cause'],
    registers: [registry],
  });

/** Counts a response sent before routing. */
export const countUnmatched = (requests: ReturnType<typeof requestCounter>, status: number): void => {
  const cause = causeOf(status, undefined);
  requests.inc({ method: UNMATCHED, route: UNMATCHED, status: String(status), ...(cause !== null && { cause }) });
};

/**
 * Measures rate, errors and duration of requests by route template (`…/bindings/:key`), never by id or number. Durations are
 * labelled with the class of the status only: every label value costs a dozen series. Call once per server.
 */
export const requestMetrics = (registry: Registry, requests: ReturnType<typeof requestCounter>): RequestObserver => {
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
  return {
    begins: () => {
      inProgress.inc();
    },
    ends: ({ request, isUnmatched, status, code, ms }) => {
      inProgress.dec();
      const route = (isUnmatched ? null : routeOf(request)) ?? UNMATCHED;
      const cause = causeOf(status, code);
      const method = route === UNMATCHED ? UNMATCHED : request.method;
      requests.inc({ method, route, status: String(status), ...(cause !== null && { cause }) });
      duration.observe(
        { method, route, status_class: classOf(status) },
        (ms - (request.waitedMs ?? 0)) / MS_PER_SECOND,
      );
    },
  };
};
