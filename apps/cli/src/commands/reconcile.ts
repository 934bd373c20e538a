import { reconcileBinding } from '@dialtone/client';
import { EXIT } from '../failure';
import type { AddCommands } from '../command-parts';

export const addReconcile: AddCommands = (program, act) => {
  program
    .command('reconcile')
    .description('Have numbers looked at and repaired now instead of at their next time')
    .argument('<numbers...>', 'in any spelling')
    .action(
      act(async (run, numbers: string[]) => {
        const gateway = await run.gateway();
        for (const key of numbers) {
          const due = await gateway.ask((base) => reconcileBinding({ ...base, path: { key }, body: {} }));
          run.printRow(due, {
            nameOf: (row) => row.key,
            columns: [
              { title: 'NUMBER', of: (row) => row.key },
              { title: 'DUE', of: (row) => row.due_at },
            ],
          });
        }
        return EXIT.done;
      }),
    );
};
