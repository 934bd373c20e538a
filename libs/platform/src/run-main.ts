import { ConfigError, type Environment } from './config';
import { createLogger } from './logging';
import { flushOnSignals } from './logging/standard-output';

/** EX_CONFIG of sysexits.h: supervisors can tell "mend the configuration" from "crashed". */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

export interface RunOptions {
  /** `json`: one line like every other of a service's log; `text`: for a person at a shell. */
  readonly failures: 'json' | 'text';
}

/**
 * Runs the main function of an app. When the configuration is wrong, the process ends with code 78 and one sentence per
 * variable; when anything else escapes, with code 1 and the error. A service says so in a line of its log, a command on
 * standard error.
 */
export const runMain = (
  name: string,
  main: (env: Environment) => Promise<void>,
  { failures }: RunOptions = { failures: 'json' },
): void => {
  if (failures === 'json') flushOnSignals();
  const started = Promise.resolve(process.env).then(main);
  started.catch((error: unknown) => {
    if (failures === 'json') logFailure(name, error);
    else process.stderr.write(`${explain(name, error)}\n`);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE);
  });
};

const logFailure = (name: string, error: unknown): void => {
  const logger = createLogger({ name, level: 'fatal' });
  if (error instanceof ConfigError) {
    const sentences = error.problems.map((one) => one.sentence);
    logger.fatal({ problems: sentences }, `${name} cannot start: ${sentences.join(' ')}`);
  } else {
    const reason = error instanceof Error ? error.message : String(error);
    logger.fatal({ err: error }, `${name} failed: ${reason}`);
  }
};

const explain = (name: string, error: unknown): string => {
  if (error instanceof ConfigError)
    return [`${name} cannot start:`, ...error.problems.map((one) => `  ${one.sentence}`)].join('\n');
  return `${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
};
