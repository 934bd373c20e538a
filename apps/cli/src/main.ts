import { CommanderError } from 'commander';
import { EXIT, Failure, reasonOf, type ExitCode } from './failure';
import { createProgram } from './program';
import type { Surroundings } from './surroundings';

/** Put in by the bundle. */
declare const CLI_VERSION: string;

/** A Ctrl-C that is not answered within this time, or a second one, ends the process at once. */
const SECOND_CHANCE_MS = 5_000;

const interruptible = (): AbortSignal => {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
    setTimeout(() => process.exit(EXIT.interrupted), SECOND_CHANCE_MS).unref();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
};

const codeOf = (error: unknown, { signal, stderr }: Surroundings): ExitCode => {
  // What commander has to say it has said.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.failed;
  if (signal.aborted) {
    stderr.write(error instanceof Failure ? `${error.message}\n` : 'Interrupted.\n');
    return EXIT.interrupted;
  }
  const trace = process.env['DIALTONE_DEBUG'] === '1' && error instanceof Error ? `\n${error.stack ?? ''}` : '';
  stderr.write(`error: ${reasonOf(error)}${trace}\n`);
  return error instanceof Failure ? error.exitCode : EXIT.failed;
};

const main = async (): Promise<void> => {
  // The reader has seen enough: `dialtone get | head -1`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed);
  });
  const { env, stdin, stdout, stderr } = process;
  const around: Surroundings = { env, stdin, stdout, stderr, signal: interruptible() };
  try {
    await createProgram(around, CLI_VERSION, (code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (error) {
    process.exitCode = codeOf(error, around);
  }
};

void main();
