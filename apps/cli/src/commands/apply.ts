import type { AddCommands } from '../command-parts';
import { addFileFlags, declaredIn, pruneOf, type FileFlags } from '../declare/file-flags';
import { previewOf, previewText, withResult, type Preview } from '../declare/preview';
import { Applying } from '../declare/applying';
import { EXIT, type ExitCode } from '../failure';
import { problemsText, refuseProblems } from '../files/places';
import { undoneText } from '../output/released';
import { numbersOf } from '../output/texts';
import { Progress } from '../output/progress';
import { durationOf, PATIENCE, type Run } from '../run';
import { mustAgree } from './ask-person';
import { printApplied } from './print-applied';
import { waitForReady } from './wait-for-ready';

interface ApplyFlags extends FileFlags {
  readonly dryRun?: boolean;
  readonly plan?: string;
  readonly wait?: boolean;
  readonly timeout: string;
  readonly skipRefused?: boolean;
  readonly yes?: boolean;
}

const DAY_HINT = 'Nothing to do.';

const preview = async (run: Run, flags: ApplyFlags) => {
  const gateway = await run.gateway(PATIENCE.work);
  const resolved = await declaredIn(run, gateway, flags.filename);
  const prune = pruneOf(flags);
  const plans = flags.plan === undefined ? null : flags.plan.split(',');
  const terms = { manager: flags.manager ?? null, takeOver: flags.takeOver === true, plans };
  const progress = new Progress(run.around, 'checked', resolved.length);
  const judged = await previewOf(gateway, resolved, { ...terms, prune }, (done) => {
    progress.at(done);
  });
  progress.end();
  return { gateway, resolved, prune, terms, judged };
};

/** Refused lines end it before anything is written, unless the others are wanted all the same. */
const mayGoOn = (run: Run, { problems }: Awaited<ReturnType<typeof previewOf>>, flags: ApplyFlags): void => {
  if (flags.skipRefused !== true || flags.prune === true) refuseProblems(problems);
  else if (problems.length > 0) run.say(problemsText(problems));
};

const questionOf = (judged: Preview): string => {
  const undone = judged.pruned.length > 0 ? ` ${undoneText(judged.pruned)}` : '';
  return `${previewText(judged)}.${undone} Go on?`;
};

const apply = async (run: Run, flags: ApplyFlags): Promise<ExitCode> => {
  const timeoutMs = durationOf(flags.timeout, '--timeout');
  const { gateway, resolved, prune, terms, judged } = await preview(run, flags);
  mayGoOn(run, judged, flags);
  const refused = judged.problems.length > 0 ? EXIT.failed : EXIT.done;
  if (flags.dryRun === true) {
    run.say(`Dry run: ${previewText(judged)}. Nothing was written.`);
    printApplied(run, judged);
    return refused;
  }
  const changes = withResult(judged, 'created', 'updated');
  let applied: Preview = judged;
  if (changes.length + judged.pruned.length === 0) run.say(`${numbersOf(resolved.length)}: ${DAY_HINT}`);
  else {
    await mustAgree(run, questionOf(judged), { isGiven: flags.yes === true, isDestructive: judged.pruned.length > 0 });
    applied = await new Applying(run, gateway, { ...terms, prune, resolved, judged }).go();
  }
  printApplied(run, applied);
  const late = withResult(applied, 'refused').length > withResult(judged, 'refused').length ? EXIT.failed : refused;
  if (flags.wait !== true) return late;
  const keys = applied.judged.flatMap(({ result: { key, result } }) =>
    key === null || result === 'refused' ? [] : [key],
  );
  const waited = await waitForReady(run, gateway, new Set(keys), timeoutMs);
  return late === EXIT.failed ? late : waited;
};

export const addApply: AddCommands = (program, act) => {
  const command = program
    .command('apply')
    .description('Declare what files have in them; the same files again change nothing');
  addFileFlags(command)
    .option('--dry-run', 'only say what would become of each number')
    .option('--plan <hashes>', 'only if everything is still as plan said it')
    .option('--wait', 'until all of them are READY, or some cannot be without a person')
    .option('--timeout <time>', 'of --wait', '1h')
    .option('--skip-refused', 'declare the others when some lines are refused')
    .option('-y, --yes', 'do not ask')
    .action(act(apply));
};
