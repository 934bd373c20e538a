import { Command } from 'commander';
import { addApply } from './commands/apply';
import { addCallReady } from './commands/call-ready';
import { addCompletion } from './commands/completion';
import { addDelete } from './commands/delete';
import { addDescribe } from './commands/describe';
import { addDiff } from './commands/diff';
import { addDoctor } from './commands/doctor';
import { addExport } from './commands/export';
import { addGet } from './commands/get';
import { addHistory } from './commands/history';
import { addHold } from './commands/hold';
import { addLists } from './commands/lists';
import { addLogin } from './commands/login';
import { addPause } from './commands/pause';
import { addPlan } from './commands/plan';
import { addReconcile } from './commands/reconcile';
import { addSync } from './commands/sync';
import { addTrend } from './commands/trend';
import { addWait } from './commands/wait';
import { addWhoami } from './commands/whoami';
import { addWhy } from './commands/why';
import type { Act, AddCommands } from './command-parts';
import type { ExitCode } from './failure';
import { FORMATS } from './output/print';
import { Run, type CommonFlags } from './run';
import type { Surroundings } from './surroundings';

const COMMANDS: readonly AddCommands[] = [
  addLogin,
  addWhoami,
  addGet,
  addDescribe,
  addWhy,
  addHistory,
  addLists,
  addTrend,
  addPlan,
  addDiff,
  addApply,
  addWait,
  addDelete,
  addExport,
  addReconcile,
  addSync,
  addCallReady,
  addHold,
  addPause,
  addDoctor,
];

const EXIT_CODES = `
Exit codes: 0 as asked and nothing differs; 1 something differs, is not ready, or was not so in time; 2 any error;
130 interrupted with Ctrl-C. Data goes to standard output, everything else to standard error.`;

/** The whole command line. `finish` gets the exit code of the command that ran. */
export const createProgram = (around: Surroundings, version: string, finish: (code: ExitCode) => void): Command => {
  const program = new Command('dialtone')
    .description('Declares which phone number belongs to which agent, and says why a number is not call-ready.')
    .version(version, '-V, --version')
    .option('--address <url>', 'of the gateway; else DIALTONE_ADDRESS, else the profile')
    .option('--profile <name>', 'saved by login; else DIALTONE_PROFILE, else the last one that logged in')
    .option('-o, --output <format>', FORMATS.join(', '), 'table')
    .option('--retry-for <time>', 'how long to come again while the gateway is away: 0, 90s, 5m')
    .showHelpAfterError('(dialtone COMMAND --help says more)')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({
      writeOut: (text) => around.stdout.write(text),
      writeErr: (text) => around.stderr.write(text),
    })
    .exitOverride();
  const act: Act =
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- it is what the work takes
    <Args extends unknown[]>(work: (run: Run, ...args: Args) => Promise<ExitCode>) =>
      async (...given) => {
        const run = new Run(around, (given.at(-1) as Command).optsWithGlobals<CommonFlags>());
        finish(await work(run, ...(given.slice(0, -1) as Args)));
      };
  for (const add of COMMANDS) add(program, act);
  addCompletion(program, around);
  return program;
};
