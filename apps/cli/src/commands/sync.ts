import { type LiveReadinessDto, syncVoiceLink } from '@dialtone/client';
import { EXIT, type ExitCode } from '../failure';
import { Names } from '../gateway/names';
import type { Shape } from '../output/print';
import { numbersOf } from '../output/texts';
import type { AddCommands } from '../command-parts';
import type { Run } from '../run';

interface SyncFlags {
  readonly connection?: string;
  readonly import: boolean;
}

const SHAPE: Shape<LiveReadinessDto> = {
  nameOf: ({ phone_number }) => phone_number,
  columns: [
    { title: 'NUMBER', of: ({ phone_number }) => phone_number },
    { title: 'STATE', of: ({ state }) => state },
    { title: 'WHY', of: ({ actions }) => actions[0] ?? '' },
  ],
};

const sync = async (run: Run, { connection, import: imports }: SyncFlags): Promise<ExitCode> => {
  const gateway = await run.gateway();
  const connection_id = connection === undefined ? null : await new Names(gateway).connectionId(connection);
  const body = { import_dids: imports, ...(connection_id !== null && { connection_id }) };
  const answer = await gateway.ask((base) => syncVoiceLink({ ...base, body }));
  if (run.format === 'json' || run.format === 'yaml') run.printRow(answer, { nameOf: () => '', columns: [] });
  else run.printRows(answer.readiness, SHAPE, 'VoiceLink lists no number.');
  for (const warning of answer.warnings) run.say(`warning: ${JSON.stringify(warning)}`);
  run.say(`${numbersOf(answer.readiness.length)}, ${String(answer.drift.length)} of them not as they should be.`);
  return answer.warnings.length > 0 ? EXIT.different : EXIT.done;
};

export const addSync: AddCommands = (program, act) => {
  program
    .command('sync')
    .description('Read all lists of VoiceLink now, and import the numbers that are missing in the local inventory')
    .option('--connection <connection>', 'name or id; needed with several')
    .option('--no-import', 'only look: nothing is stored')
    .action(act(sync));
};
