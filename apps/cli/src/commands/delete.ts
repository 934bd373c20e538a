import { type BulkDeleteBody, type BulkResultDto, deleteBindings } from '@dialtone/client';
import { Option } from 'commander';
import type { AddCommands } from '../command-parts';
import { inBatches } from '../declare/batches';
import { declarationsOf } from '../files/declarations';
import { refuseProblems } from '../files/places';
import { readFiles } from '../files/read-files';
import { EXIT, Failure, type ExitCode } from '../failure';
import type { Gateway } from '../gateway/gateway';
import { Names } from '../gateway/names';
import { RELEASES, undoneText, type Release } from '../output/released';
import { countOf, numbersOf } from '../output/texts';
import { PATIENCE, type Run } from '../run';
import { mustAgree } from './ask-person';

interface DeleteFlags {
  readonly filename?: readonly string[];
  readonly selector?: string;
  readonly connection?: string;
  readonly manager?: string;
  readonly takeOver?: boolean;
  readonly release?: Release;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const collected = (path: string, before: readonly string[] = []): readonly string[] => [...before, path];

const numbersIn = async (
  run: Run,
  numbers: readonly string[],
  { filename = [] }: DeleteFlags,
): Promise<readonly string[]> => {
  if (filename.length === 0) return numbers;
  const { declarations, problems } = declarationsOf(await readFiles(filename, run.around.stdin));
  refuseProblems(problems);
  return [...numbers, ...declarations.map(({ item }) => item.number)];
};

type Terms = Omit<BulkDeleteBody, 'numbers' | 'labels' | 'dry_run'>;

const termsOf = async (gateway: Gateway, { manager, takeOver, release, connection }: DeleteFlags): Promise<Terms> => ({
  ...(release !== undefined && { release }),
  ...(manager !== undefined && { manager }),
  ...(takeOver === true && { take_over: true }),
  ...(connection !== undefined && { connection_id: await new Names(gateway).connectionId(connection) }),
});

/** The bodies that withdraw all of them; by label one, which is sent until nothing is left. */
const bodiesOf = (numbers: readonly string[], { selector }: DeleteFlags): readonly BulkDeleteBody[] => {
  if (selector !== undefined) {
    if (numbers.length > 0) throw new Failure('Give numbers or -l, but not both.');
    return [{ labels: selector }];
  }
  if (numbers.length === 0) throw new Failure('Which numbers? Give them, or -f FILE, or -l LABELS.');
  return inBatches(numbers, (number) => number.length + 3).map((batch) => ({ numbers: [...batch] }));
};

interface Withdrawal {
  readonly results: readonly BulkResultDto[];
  /** By label, in a dry run: more than the first thousand. */
  readonly left: number;
}

const send = async (gateway: Gateway, bodies: readonly BulkDeleteBody[], dryRun: boolean): Promise<Withdrawal> => {
  const results: BulkResultDto[] = [];
  let left = 0;
  for (const body of bodies) {
    do {
      const answer = await gateway.ask((base) =>
        deleteBindings({ ...base, body: { ...body, ...(dryRun && { dry_run: true }) } }),
      );
      results.push(...answer.results);
      left = answer.left;
      // What is refused once is refused again.
      if (answer.summary.withdrawn === 0) break;
    } while (left > 0 && !dryRun);
  }
  return { results, left };
};

const countsOf = (
  results: readonly BulkResultDto[],
): { readonly withdrawn: number; readonly refused: readonly BulkResultDto[] } => ({
  withdrawn: results.filter(({ result }) => result === 'withdrawn').length,
  refused: results.filter(({ result }) => result === 'refused'),
});

const sayRefused = (run: Run, refused: readonly BulkResultDto[], numbers: readonly string[]): void => {
  for (const { key, index, reason = '', code } of refused)
    run.say(`${key === null ? (numbers[index] ?? '?') : `+${key}`}: ${reason} (${code ?? ''})`);
};

const remove = async (run: Run, given: readonly string[], flags: DeleteFlags): Promise<ExitCode> => {
  const gateway = await run.gateway(PATIENCE.work);
  const numbers = await numbersIn(run, given, flags);
  const terms = await termsOf(gateway, flags);
  const bodies = bodiesOf(numbers, flags).map((body) => ({ ...body, ...terms }));
  const preview = await send(gateway, bodies, true);
  const expected = countsOf(preview.results);
  const total = expected.withdrawn + preview.left;
  if (flags.dryRun === true || total === 0) {
    sayRefused(run, expected.refused, numbers);
    run.print(`to withdraw ${countOf(total)}, refused ${countOf(expected.refused.length)}\n`);
    return expected.refused.length > 0 ? EXIT.failed : EXIT.done;
  }
  await mustAgree(run, `Withdraw ${numbersOf(total)}? ${undoneText(preview.results, preview.left > 0)}`, {
    isGiven: flags.yes === true,
    isDestructive: true,
  });
  const { withdrawn, refused } = countsOf((await send(gateway, bodies, false)).results);
  sayRefused(run, refused, numbers);
  run.print(`withdrawn ${countOf(withdrawn)}, refused ${countOf(refused.length)}\n`);
  return refused.length > 0 ? EXIT.failed : EXIT.done;
};

export const addDelete: AddCommands = (program, act) => {
  program
    .command('delete')
    .description(
      'Withdraw declarations: Dialtone stops maintaining the numbers, once each is released as it was declared',
    )
    .argument('[numbers...]', 'in any spelling')
    .option('-f, --filename <path>', 'the numbers that these files declare; - for standard input', collected)
    .option('-l, --selector <labels>', 'declarations with these labels')
    .option('--connection <connection>', 'name or id')
    .option('--manager <name>', 'in whose name; needed for numbers that have a manager')
    .option('--take-over', 'also what other managers declare')
    .addOption(
      new Option('--release <policy>', 'instead of what is declared; keep also ends a release that waits').choices([
        ...RELEASES,
      ]),
    )
    .option('--dry-run', 'only say what would be withdrawn')
    .option('-y, --yes', 'do not ask')
    .action(act(remove));
};
