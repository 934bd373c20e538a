import { acknowledgeHold } from '@dialtone/client';
import { EXIT } from '../failure';
import { Names } from '../gateway/names';
import type { AddCommands } from '../command-parts';

export const addHold: AddCommands = (program, act) => {
  const hold = program.command('hold').description('What the guard against mass changes holds back');
  hold
    .command('ack')
    .description('Let repairs write to VoiceLink again on a connection whose writes are held')
    .argument('<connection>', 'name or id')
    .action(
      act(async (run, connection: string) => {
        const gateway = await run.gateway();
        const connection_id = await new Names(gateway).connectionId(connection);
        const answer = await gateway.ask((base) => acknowledgeHold({ ...base, path: { connection_id } }));
        run.say(
          answer.acknowledged
            ? `The hold of ${connection} is released.`
            : `Nothing is held on ${connection}: nothing changed.`,
        );
        if (['json', 'yaml'].includes(run.format)) run.printRow(answer, { nameOf: () => connection, columns: [] });
        return EXIT.done;
      }),
    );
};
