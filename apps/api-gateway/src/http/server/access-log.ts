import type { Logger } from '@dialtone/platform';
import { causeOf } from '../errors/cause-of';
import type { EarlyRefusal } from './early-refusal';
import { routeOf } from './route-of';
import type { RequestEnd, RequestObserver } from '../request-observer';
import { CALLBACK_ROUTE, QUIET, withoutToken } from './secret-paths';

/** A longer path belongs to no route that is answered well: strangers must not fill the log. */
const MAX_PATH = 120;

/** What fails at VoiceLink wakes nobody here. */
const LEVELS = { none: 'info', upstream: 'warn', dialtone: 'error' } as const;

const pathOf = (url: string): string => withoutToken(url.split('?', 1)[0] ?? '').slice(0, MAX_PATH);

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

const lineOf = ({ request, status, code, isAborted, ms }: RequestEnd): object => ({
  request_id: request.id,
  method: request.method,
  // Whatever its spelling in the URL, the token of a callback is in no log.
  path: request.routeOptions.url === CALLBACK_ROUTE ? CALLBACK_ROUTE : pathOf(request.url),
  ...(routeOf(request) !== null && { route: routeOf(request) }),
  status,
  ...(code !== undefined && { code }),
  ...(causeOf(status, code) !== null && { cause: causeOf(status, code) }),
  ...(isAborted && { aborted: true }),
  ms: Math.round(ms),
  ...request.span?.fields,
  // Absent when the request was not admitted.
  ...(request.principal !== undefined && {
    partner_id: request.principal.partnerId,
    api_key_id: request.principal.apiKeyId,
  }),
});

/**
 * Logs one line per request when it ends, with its API key id, without query string, headers and bodies. `aborted` marks an
 * answer that was not taken: what the request asked for may be done all the same.
 */
export const requestLog = (logger: Logger): RequestObserver => ({
  ends: (end) => {
    if (QUIET.test(end.request.url)) return;
    logger[LEVELS[causeOf(end.status, end.code) ?? 'none']](lineOf(end), 'request');
  },
});
