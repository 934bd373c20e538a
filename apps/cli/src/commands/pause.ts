import { listPauses, type PauseBody, type PauseDto, pauseRepairs, resumeRepairs } from '@dialtone/client';
import type { AddCommands } from '../command-parts';
import { EXIT, Failure, type ExitCode } from '../failure';
import { Names } from '../gateway/names';
import type { Shape } from '../output/print';
import { labelsOf } from '../output/shapes';
import { durationOf, type Run } from '../run';

interface PauseFlags {
  readonly for?: string;
  readonly until?: string;
  readonly reason: string;
  readonly labels?: string;
  readonly connection?: string;
  readonly everything?: boolean;
}

const PAUSE: Shape<PauseDto> = {
  nameOf: ({ pause_id }) => pause_id,
  columns: [
    { title: 'ID', of: ({ pause_id }) => pause_id },
    { title: 'NUMBER', of: ({ number }) => number ?? '–' },
    { title: 'LABELS', of: ({ labels }) => (labels === null ? '–' : labelsOf(labels)) },
    { title: 'CONNECTION', of: ({ connection_id }) => connection_id ?? '–' },
    { title: 'UNTIL', of: ({ until }) => until },
    { title: 'BY', of: ({ actor }) => actor },
    { title: 'REASON', of: ({ reason }) => reason },
  ],
};

const labelsIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(',').map((pair) => {
      const [, name, value] = /^\s*([^=\s]+)=([^=]*?)\s*$/.exec(pair) ?? [];
      if (name === undefined || value === undefined)
        throw new Failure(`--labels must be name=value with commas between, and not "${text}".`);
      return [name, value];
    }),
  );

const untilOf = ({ for: span, until }: PauseFlags): string => {
  if (span === undefined && until !== undefined) return until;
  if (span === undefined || until !== undefined) throw new Failure('Give either --for 2h or --until TIME.');
  return new Date(Date.now() + durationOf(span, '--for')).toISOString();
};

const pause = async (run: Run, number: string | undefined, flags: PauseFlags): Promise<ExitCode> => {
  const { labels, connection, everything, reason } = flags;
  const isNarrow = number !== undefined || labels !== undefined || connection !== undefined;
  if (isNarrow === (everything === true))
    throw new Failure('Name a number, --labels or --connection, or pause all repairs with --everything.');
  const until = untilOf(flags);
  const gateway = await run.gateway();
  const body: PauseBody = {
    reason,
    until,
    ...(number !== undefined && { number }),
    ...(labels !== undefined && { labels: labelsIn(labels) }),
    ...(connection !== undefined && { connection_id: await new Names(gateway).connectionId(connection) }),
  };
  run.printRow(await gateway.ask((base) => pauseRepairs({ ...base, body })), PAUSE);
  return EXIT.done;
};

export const addPause: AddCommands = (program, act) => {
  program
    .command('pause')
    .description('Keep Dialtone from writing about a number, a label or a connection until a time; it goes on looking')
    .argument('[number]', 'in any spelling')
    .option('--labels <labels>', 'declarations that have all of them: team=sales,region=north')
    .option('--connection <connection>', 'name or id')
    .option('--everything', 'all repairs')
    .option('--for <time>', 'as 30m or 2h')
    .option('--until <time>', 'as 2026-01-31T18:00:00Z, up to 90 days ahead')
    .requiredOption('--reason <text>', 'shown wherever the pause is')
    .action(act(pause));
  program
    .command('pauses')
    .description('List the pauses that stand')
    .action(
      act(async (run) => {
        const gateway = await run.gateway();
        const { pauses } = await gateway.ask((base) => listPauses(base));
        run.printRows(pauses, PAUSE, 'Nothing is paused.');
        return EXIT.done;
      }),
    );
  program
    .command('resume')
    .description('End pauses before their time')
    .argument('<pauses...>', 'ids, as pauses lists them')
    .action(
      act(async (run, pauses: string[]) => {
        const gateway = await run.gateway();
        for (const pause_id of pauses) {
          await gateway.ask((base) => resumeRepairs({ ...base, path: { pause_id } }));
          run.say(`The pause ${pause_id} is over.`);
        }
        return EXIT.done;
      }),
    );
};
