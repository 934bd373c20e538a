import type { Command } from 'commander';
import type { ExitCode } from './failure';
import type { Run } from './run';

/** Makes of some work what commander calls with the arguments and options of a command. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it is what the work takes
export type Act = <Args extends unknown[]>(
  work: (run: Run, ...args: Args) => Promise<ExitCode>,
) => (...given: unknown[]) => Promise<void>;

/** Adds one command, or some of a kind. */
export type AddCommands = (program: Command, act: Act) => void;
