import { EXIT } from '../failure';
import { agentsOf, connectionsOf } from '../gateway/pages';
import { agentShape, connectionShape } from '../output/shapes';
import type { AddCommands } from '../command-parts';

export const addLists: AddCommands = (program, act) => {
  program
    .command('connections')
    .description('List the connections to carriers')
    .action(
      act(async (run) => {
        const rows = await connectionsOf(await run.gateway());
        run.printRows(rows, connectionShape(Date.now()), 'There is no connection.');
        return EXIT.done;
      }),
    );
  program
    .command('agents')
    .description('List the agents')
    .action(
      act(async (run) => {
        const rows = await agentsOf(await run.gateway());
        run.printRows(rows, agentShape(Date.now()), 'There is no agent.');
        return EXIT.done;
      }),
    );
};
