import { pino, stdTimeFunctions, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';
import { scrub } from './scrub';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** The app, as `app` in every line. */
  readonly name: string;
  readonly level: LevelWithSilent;
  /** Default: standard output. */
  readonly destination?: DestinationStream;
}

/** A logger of JSON lines with ISO times, free of secrets (see `scrub`). */
export const createLogger = ({ name, level, destination }: LoggerOptions): Logger =>
  pino(
    {
      level,
      base: { app: name, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: scrub },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
