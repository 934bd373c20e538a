import { Catch, Inject, Injectable, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { CredentialsUnreadableError } from '@dialtone/engine';
import { InvalidCursorError, isDatabaseUnavailable, isLockTimeout, PartnerBusyError } from '@dialtone/persistence';
import { onceAMinute, type Logger } from '@dialtone/platform';
import { LOGGER } from '../../outside/tokens';
import { ApiError, invalidCursor } from './api-error';
import { failure, JSON_TYPE } from './envelope';
import type { HttpReply, HttpRequest } from '../http-types';
import { toApiError } from './to-api-error';

const RETRY_AFTER_MS = 5_000;
const CROWDED_RETRY_MS = 2_000;
const MAX_SHOWN_PATH = 200;

const noSuchRoute = (request: Pick<HttpRequest, 'method' | 'url'>): ApiError => {
  const path = request.url.split('?', 1)[0] ?? '';
  return new ApiError('NOT_FOUND', `There is no ${request.method} ${path.slice(0, MAX_SHOWN_PATH)} here.`);
};

const databaseAway = (): ApiError =>
  new ApiError('SERVICE_UNAVAILABLE', 'The database does not answer at the moment: try again.', {
    retryAfterMs: RETRY_AFTER_MS,
  });

/** What the requests of partners do to each other; the database is well. */
const crowded = (error: unknown): ApiError | null => {
  const answer = (message: string): ApiError =>
    new ApiError('SERVICE_UNAVAILABLE', message, { retryAfterMs: CROWDED_RETRY_MS });
  if (error instanceof PartnerBusyError) {
    return answer('Too many requests of this partner are under way at once, and this one has not begun: try again.');
  }
  if (!isLockTimeout(error)) return null;
  return answer('Another request keeps what this one needs for too long, and this one has changed nothing: try again.');
};

/** A mistake of the operator, told in the log: the partner can only wait or send the credentials again. */
const credentialsUnreadable = (): ApiError =>
  new ApiError(
    'SERVICE_UNAVAILABLE',
    'The stored credentials of this connection cannot be opened at the moment: try again later, or send them again.',
    { retryAfterMs: RETRY_AFTER_MS },
  );

const defect = (requestId: string): ApiError =>
  new ApiError('INTERNAL_ERROR', `Something went wrong on our side. Quote request id ${requestId} when you report it.`);

const unexpected = (error: unknown, requestId: string): ApiError => {
  if (isDatabaseUnavailable(error)) return databaseAway();
  return error instanceof CredentialsUnreadableError ? credentialsUnreadable() : defect(requestId);
};

const tellers = new WeakMap<Logger, ReturnType<typeof onceAMinute>>();

/** All requests of an outage have one cause; each has a line of its own in the access log. */
const tellerOf = (logger: Logger): ReturnType<typeof onceAMinute> => {
  const known = tellers.get(logger) ?? onceAMinute(logger.error.bind(logger), Date.now);
  tellers.set(logger, known);
  return known;
};

/** What the sender of a request is told of an error; one that is not known is logged. */
export const refusalOf = (
  error: unknown,
  request: Pick<HttpRequest, 'id' | 'method' | 'url'>,
  logger: Logger,
): ApiError => {
  if (error instanceof NotFoundException) return noSuchRoute(request);
  if (error instanceof InvalidCursorError) return invalidCursor();
  const known = toApiError(error) ?? crowded(error);
  if (known !== null) return known;
  const answer = unexpected(error, request.id);
  const fields = { err: error, request_id: request.id, code: answer.code };
  if (isDatabaseUnavailable(error)) tellerOf(logger)(fields, 'requests fail, because the database does not answer');
  else logger.error(fields, 'request failed');
  return answer;
};

/** Turns errors of routes into HTTP answers: always the error envelope, never internals. */
@Catch()
@Injectable()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<HttpRequest>();
    const reply = http.getResponse<HttpReply>();
    const answer = refusalOf(error, request, this.logger);
    request.refusedWith = answer.code;
    if (reply.sent) return;
    for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
    // The handler may have announced something else, such as a page.
    reply.header('content-type', JSON_TYPE);
    reply.code(answer.status).send(failure(answer.code, answer.message, answer.details));
  }
}
