import { setTimeout as sleep } from 'node:timers/promises';
import type { BindingDto } from '@dialtone/client';
import { EXIT, Failure, type ExitCode } from '../failure';
import type { Gateway } from '../gateway/gateway';
import { Names } from '../gateway/names';
import { everyRow, PAGE, readinessPages } from '../gateway/pages';
import { bindingShape, readinessShape } from '../output/shapes';
import type { AddCommands } from '../command-parts';
import { durationOf, PATIENCE, type Run } from '../run';
import { namedBindings, selectedBindings } from './numbers';
import { addSelection, selectionOf, type SelectionFlags } from './selection';
import { statesIn } from './states';
import { printChanges, type Seen } from './watched';

interface GetFlags extends SelectionFlags {
  readonly all?: boolean;
  readonly watch?: boolean;
  readonly interval: string;
}

const looker = async (
  gateway: Gateway,
  numbers: readonly string[],
  flags: GetFlags,
): Promise<() => Promise<readonly BindingDto[]>> => {
  if (numbers.length > 0) return () => namedBindings(gateway, numbers);
  const selection = await selectionOf(flags, new Names(gateway));
  return () => selectedBindings(gateway, selection);
};

/** Numbers of VoiceLink, declared or not. What only declarations have cannot select among them. */
const printAll = async (run: Run, gateway: Gateway, flags: GetFlags): Promise<void> => {
  if ([flags.agent, flags.manager, flags.mode].some((value) => value !== undefined))
    throw new Failure(
      '--all shows numbers that are not declared too: --agent, --manager and --mode select declarations.',
    );
  const names = new Names(gateway);
  const { query } = await selectionOf(flags, names);
  const states = statesIn(flags.state);
  const issues: readonly string[] = statesIn(flags.issue);
  const rows = (await everyRow(readinessPages(gateway, query))).filter(
    (row) =>
      (states.length === 0 || states.includes(row.state)) &&
      (issues.length === 0 || row.issues.some((issue) => issues.includes(issue))),
  );
  run.printRows(rows, readinessShape(Date.now(), await names.connectionName()), 'No number is like this.');
};

/** Two seconds for each page that a look costs: half of the default rate limit is left for others. */
const PAGE_PAUSE_MS = 2_000;

const watch = async (
  run: Run,
  look: () => Promise<readonly BindingDto[]>,
  name: (id: string) => string,
  flags: GetFlags,
): Promise<ExitCode> => {
  const asked = durationOf(flags.interval, '--interval');
  let seen: Seen = new Map();
  for (;;) {
    const rows = await look();
    seen = printChanges(run, rows, bindingShape(Date.now(), name), seen);
    const pages = Math.ceil((rows.length + 1) / PAGE);
    await sleep(Math.max(asked, pages * PAGE_PAUSE_MS), undefined, { signal: run.around.signal });
  }
};

const get = async (run: Run, numbers: readonly string[], flags: GetFlags): Promise<ExitCode> => {
  const gateway = await run.gateway(flags.watch === true ? PATIENCE.work : PATIENCE.look);
  if (flags.all === true) {
    await printAll(run, gateway, flags);
    return EXIT.done;
  }
  const look = await looker(gateway, numbers, flags);
  const name = await new Names(gateway).connectionName();
  if (flags.watch === true) return watch(run, look, name, flags);
  const rows = await look();
  const shape = bindingShape(Date.now(), name);
  const [only, second] = rows;
  if (numbers.length === 1 && only !== undefined && second === undefined) run.printRow(only, shape);
  else run.printRows(rows, shape, 'No declared number is like this.');
  return EXIT.done;
};

export const addGet: AddCommands = (program, act) => {
  const command = program
    .command('get')
    .description('List declared numbers with their state: those that are named, or those that the options select')
    .argument('[numbers...]', 'in any spelling');
  addSelection(command)
    .option('-a, --all', 'numbers that are not declared, too')
    .option('-w, --watch', 'go on, and print what changes')
    .option('--interval <time>', 'how often --watch looks; less often when the list is long', '5s')
    .action(act(get));
};
