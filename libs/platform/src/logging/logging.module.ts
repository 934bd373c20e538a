import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import type { DynamicModule, LoggerService } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';

/** Requests of probes and scrapers: logging them would drown the rest. */
const QUIET = /^\/(livez|readyz|healthz|metrics)\b/;

/** Express-like frameworks keep the original URL of the raw request. */
type RawRequest = IncomingMessage & { readonly originalUrl?: string };

const severity = (_request: IncomingMessage, response: ServerResponse, error?: Error): 'error' | 'info' =>
  error !== undefined || response.statusCode >= 500 ? 'error' : 'info';

/**
 * Request-bound logging over `logger`: what is logged while a request is handled carries its id. Each request is logged
 * once, when it ends, without headers and bodies.
 */
export const loggingModule = (logger: Logger): DynamicModule =>
  LoggerModule.forRoot({
    forRoutes: ['/{*path}'], // nestjs-pino's own default matches nothing on Fastify with NestJS 12.
    pinoHttp: {
      logger,
      quietReqLogger: true,
      customLogLevel: severity,
      autoLogging: { ignore: (request: RawRequest) => QUIET.test(request.originalUrl ?? request.url ?? '') },
      serializers: {
        req: (request: { id: unknown; method: string; url: string }) => ({
          id: request.id,
          method: request.method,
          url: request.url,
        }),
        res: (response: { statusCode: number }) => ({ statusCode: response.statusCode }),
      },
    },
  });

type Level = 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal';

/** Nest calls with the message first, the name of the caller's class last, and a stack or details in between. */
const write =
  (logger: Logger, level: Level) =>
  (message: unknown, ...rest: unknown[]): void => {
    const context = rest.at(-1);
    const detail = rest.length > 1 ? { detail: rest.slice(0, -1) } : {};
    const text = typeof message === 'string' ? message : inspect(message);
    if (message instanceof Error) logger[level]({ context, err: message }, message.message);
    else logger[level]({ context, ...detail }, text);
  };

/** Lets Nest itself, which logs before any module exists, log through `logger`. */
export const nestLogger = (logger: Logger): LoggerService => ({
  log: write(logger, 'info'),
  error: write(logger, 'error'),
  warn: write(logger, 'warn'),
  debug: write(logger, 'debug'),
  verbose: write(logger, 'trace'),
  fatal: write(logger, 'fatal'),
});
