import type { LoggerService } from '@nestjs/common';
import type { Log } from './log';

/** Who tells of each module and route at a start, and of each error that the server tells of itself. */
const CHATTER = new Set(['InstanceLoader', 'NestFactory', 'NestMicroservice', 'RouterExplorer', 'RoutesResolver']);

/** Nest calls with the message first and the name of the caller's class last. */
const write =
  (log: Log, level: keyof Log) =>
  (message: unknown, ...rest: unknown[]): void => {
    const context = rest.at(-1);
    const isChatter = typeof context === 'string' && CHATTER.has(context);
    const text = message instanceof Error ? message.message : String(message);
    log[level === 'info' && isChatter ? 'debug' : level]({ context }, text);
  };

export const nestLogger = (log: Log): LoggerService => ({
  log: write(log, 'info'),
  error: write(log, 'error'),
  warn: write(log, 'warn'),
  debug: write(log, 'debug'),
  verbose: write(log, 'debug'),
  fatal: write(log, 'error'),
});
