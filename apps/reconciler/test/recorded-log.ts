import { createLogger, type Logger } from '@dialtone/platform';

type Line = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };

/** A logger whose lines a test reads back, as they would be printed. */
export const recordedLog = (): { readonly logger: Logger; readonly lines: readonly Line[] } => {
  const lines: Line[] = [];
  const write = (line: string): void => {
    lines.push(JSON.parse(line) as Line);
  };
  return { logger: createLogger({ name: 'test', level: 'debug', destination: { write } }), lines };
};
