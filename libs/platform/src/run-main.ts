import { ConfigError, type Environment } from './config';

/** EX_CONFIG of sysexits.h: supervisors can tell "mend the configuration" from "crashed". */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

/**
 * Runs the main function of an app. When the configuration is wrong, the process ends with code 78 and one sentence per
 * variable on standard error; when anything else escapes, with code 1 and the error.
 */
export const runMain = (name: string, main: (env: Environment) => Promise<void>): void => {
  const started = Promise.resolve(process.env).then(main);
  started.catch((error: unknown) => {
    process.stderr.write(`${explain(name, error)}\n`);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILURE);
  });
};

const explain = (name: string, error: unknown): string => {
  if (error instanceof ConfigError)
    return [`${name} cannot start:`, ...error.problems.map((one) => `  ${one.sentence}`)].join('\n');
  return `${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
};
