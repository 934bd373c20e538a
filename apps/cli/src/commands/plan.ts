import { type BatchPlanDto, planBindings, type PlannedNumberDto } from '@dialtone/client';
import type { AddCommands } from '../command-parts';
import { batchesOf, bodyOf, pruneBody } from '../declare/batches';
import { addFileFlags, declaredIn, pruneOf, type FileFlags } from '../declare/file-flags';
import { problemsOf } from '../declare/preview';
import type { Resolved } from '../declare/resolve';
import { EXIT, type ExitCode } from '../failure';
import { refuseProblems } from '../files/places';
import type { Gateway } from '../gateway/gateway';
import { Names } from '../gateway/names';
import type { Shape } from '../output/print';
import { Progress } from '../output/progress';
import { countOf, numbersOf, spanOf } from '../output/texts';
import { PATIENCE, type Run } from '../run';

interface PlannedLine {
  readonly number: string;
  readonly plan: PlannedNumberDto;
}

const stepsOf = ({ steps = [] }: PlannedNumberDto): string =>
  steps
    .filter(({ status }) => status !== 'already')
    .map(({ step, status }) => (status === 'needed' ? step : `${step} (${status})`))
    .join(', ');

const detailOf = ({ steps = [] }: PlannedNumberDto): string =>
  steps
    .filter(({ status }) => status !== 'already')
    .map(({ detail }) => detail)
    .join('; ');

const SHAPE: Shape<PlannedLine> = {
  nameOf: ({ number }) => number,
  columns: [
    { title: 'NUMBER', of: ({ number }) => number },
    { title: 'DECLARATION', of: ({ plan }) => plan.result },
    { title: 'RISK', of: ({ plan }) => plan.risk ?? '–' },
    { title: 'CALLS', of: ({ plan }) => String(plan.calls ?? '–') },
    { title: 'STEPS', of: ({ plan }) => stepsOf(plan) || 'nothing to do' },
    { title: 'DETAIL', of: ({ plan }) => detailOf(plan), isWide: true },
  ],
};

const RISKS = ['none', 'low', 'medium', 'high'] as const satisfies readonly BatchPlanDto['risk'][];

const planned = async (run: Run, gateway: Gateway, flags: FileFlags, resolved: readonly Resolved[]) => {
  const terms = { manager: flags.manager ?? null, takeOver: flags.takeOver === true, dryRun: false };
  const progress = new Progress(run.around, 'planned', resolved.length);
  const plans: BatchPlanDto[] = [];
  let done = 0;
  for (const batch of batchesOf(resolved)) {
    plans.push(await gateway.ask((base) => planBindings({ ...base, body: bodyOf(batch, terms) })));
    progress.at((done += batch.length));
  }
  progress.end();
  return plans;
};

/** What `--prune` would withdraw, and what its releases cost. The one item that the request has to name is planned elsewhere. */
const plannedPrune = async (
  gateway: Gateway,
  flags: FileFlags,
  resolved: readonly Resolved[],
): Promise<BatchPlanDto | null> => {
  const prune = pruneOf(flags);
  if (prune === null) return null;
  const terms = { manager: flags.manager ?? null, takeOver: flags.takeOver === true, dryRun: false, prune };
  const answer = await gateway.ask((base) => planBindings({ ...base, body: pruneBody(resolved, terms) }));
  const connections = answer.connections.flatMap((cost) => {
    const own = answer.pruned.filter((one) => one.connection_id === cost.connection_id);
    const calls = own.reduce((sum, one) => sum + (one.calls ?? 0), 0);
    return own.length === 0 ? [] : [{ ...cost, numbers: own.length, calls }];
  });
  const risk = RISKS.findLast((level) => answer.pruned.some((one) => one.risk === level)) ?? 'none';
  return { ...answer, connections, risk };
};

/** Requests of several batches go through the same budget, one after another. */
const tellCosts = async (run: Run, gateway: Gateway, plans: readonly BatchPlanDto[]): Promise<void> => {
  const nameOf = await new Names(gateway).connectionName();
  const costs = plans.flatMap(({ connections }) => connections);
  for (const [id, parts] of Map.groupBy(costs, ({ connection_id }) => connection_id)) {
    const sum = (of: (part: (typeof parts)[number]) => number): number => parts.reduce((all, one) => all + of(one), 0);
    const seconds = spanOf(sum((one) => one.seconds_at_least));
    run.say(
      `${nameOf(id)}: ${numbersOf(sum((one) => one.numbers))}, ${countOf(sum((one) => one.calls))} changes at VoiceLink, at least ${seconds} by the rate budget.`,
    );
  }
  const highest = RISKS.findLast((risk) => plans.some((one) => one.risk === risk)) ?? 'none';
  run.say(`Highest risk: ${highest}. Nothing was written.`);
};

const plan = async (run: Run, flags: FileFlags): Promise<ExitCode> => {
  const gateway = await run.gateway(PATIENCE.work);
  const resolved = await declaredIn(run, gateway, flags.filename);
  const plans = await planned(run, gateway, flags, resolved);
  const numbers = plans.flatMap((one) => one.numbers);
  const lines = resolved.flatMap((sent, index) => {
    const found = numbers[index];
    return found === undefined ? [] : [{ sent, result: found }];
  });
  refuseProblems(problemsOf(lines));
  const pruned = await plannedPrune(gateway, flags, resolved);
  run.printRows(
    [
      ...lines.map(({ sent, result }) => ({ number: sent.item.number, plan: result })),
      ...(pruned?.pruned ?? []).map((one) => ({ number: `+${one.key ?? ''}`, plan: one })),
    ],
    SHAPE,
    'Nothing is planned.',
  );
  await tellCosts(run, gateway, pruned === null ? plans : [...plans, pruned]);
  if (pruned !== null) run.say(`${numbersOf(pruned.pruned.length + pruned.left)} would be withdrawn.`);
  run.say(`To do exactly this: dialtone apply … --plan ${plans.map(({ hash }) => hash).join(',')}`);
  return EXIT.done;
};

export const addPlan: AddCommands = (program, act) => {
  const command = program
    .command('plan')
    .description('Say what applying files would do: steps, risk, and what it costs at VoiceLink');
  addFileFlags(command).action(act(plan));
};
