import { parseCommandLine } from './command-line';
import { type SimulatorOptions } from './simulator-options';
import { startSimulator } from './start-simulator';

/** A stop must not take longer than this, whatever is still open. */
const STOP_WITHIN_MS = 800;

const main = async (): Promise<void> => {
  const command = parseCommandLine(process.argv.slice(2));
  switch (command.kind) {
    case 'help':
      process.stdout.write(command.text);
      return;
    case 'error':
      process.stderr.write(`${command.sentence}\n`);
      process.exitCode = 2;
      return;
    case 'run':
      await run(command.options);
  }
};

const run = async (options: SimulatorOptions): Promise<void> => {
  const simulator = await startSimulator(options);
  process.stdout.write(`Carrier simulator listening on ${simulator.url} (admin at ${simulator.adminUrl})\n`);
  const stop = (): void => {
    setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref();
    void simulator.stop().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { code, port } = error as { code?: string; port?: number };
  if (code !== 'EADDRINUSE') return error.message;
  return `port ${String(port)} is already in use. Give another one with --port, or 0 for any free one.`;
};

main().catch((error: unknown) => {
  process.stderr.write(`The carrier simulator cannot start: ${reasonOf(error)}\n`);
  process.exitCode = 1;
});
