import {
  pino,
  stdSerializers,
  stdTimeFunctions,
  type DestinationStream,
  type LevelWithSilent,
  type Logger,
} from 'pino';
import { appVersion } from '../app-version';
import { scrub } from './scrub';
import { standardOutput } from './standard-output';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** The app, as `app` in every line. */
  readonly name: string;
  readonly level: LevelWithSilent;
  /** Which source was built, as `revision` in every line. */
  readonly revision?: string;
  /** Asked for each line: what it is part of. */
  readonly fields?: () => object;
  /** Default: standard output, which never holds the process up. */
  readonly destination?: DestinationStream;
}

/** The error of a failed statement carries all its parameters: called numbers, prompts, thousands of rows. */
const withoutParameters = (thrown: unknown): unknown => {
  if (typeof thrown !== 'object' || thrown === null) return thrown;
  const shown = Object.entries(stdSerializers.err(thrown as Error));
  return Object.fromEntries(shown.filter(([name]) => name !== 'parameters'));
};

const NOWHERE: DestinationStream = { write: () => undefined };

/** A logger of JSON lines with ISO times, free of secrets (see `scrub`). */
export const createLogger = ({ name, level, revision, fields, destination }: LoggerOptions): Logger => {
  const options = {
    level,
    base: { app: name, version: appVersion(), ...(revision !== undefined && { revision }), pid: process.pid },
    ...(fields && { mixin: fields }),
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: withoutParameters },
    hooks: { streamWrite: scrub },
  };
  if (destination !== undefined) return pino(options, destination);
  if (level === 'silent') return pino(options, NOWHERE);
  const output = standardOutput();
  const logger = pino(options, output);
  output.onRoom((dropped) => {
    logger.warn({ dropped }, 'Lines of the log were dropped, because standard output was not read');
  });
  return logger;
};
