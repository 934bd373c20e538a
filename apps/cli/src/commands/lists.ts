import { EXIT } from '../failure';
import { agentsOf, connectionsOf, countsOf } from '../gateway/pages';
import { connectionShape } from '../output/connection-shape';
import { agentShape } from '../output/shapes';
import type { AddCommands } from '../command-parts';

export const addLists: AddCommands = (program, act) => {
  program
    .command('connections')
    .description('List the connections to carriers, how many numbers they have, and what their last sweeps found')
    .action(
      act(async (run) => {
        const gateway = await run.gateway();
        const [rows, counts] = [await connectionsOf(gateway), await countsOf(gateway)];
        run.printRows(rows, connectionShape(Date.now(), counts), 'There is no connection.');
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
