import { inspect } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

type Level = 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal';

/** Who tells of every module and route at a start. */
const CHATTER: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Nest calls with the message first, the name of the caller's class last, and a stack or details in between. */
const write =
  (logger: Logger, level: Level) =>
  (message: unknown, ...rest: unknown[]): void => {
    const context = rest.at(-1);
    const detail = rest.length > 1 ? { detail: rest.slice(0, -1) } : {};
    const text = typeof message === 'string' ? message : inspect(message);
    if (message instanceof Error) logger[level]({ context, err: message }, message.message);
    else logger[level === 'info' && CHATTER.has(context) ? 'debug' : level]({ context, ...detail }, text);
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
