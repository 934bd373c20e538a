import { reconcileBinding } from '@dialtone/client';
import { EXIT, type ExitCode } from '../failure';
import type { AddCommands } from '../command-parts';
import { ApiFailure } from '../gateway/api-failure';
import type { Gateway } from '../gateway/gateway';
import type { Shape } from '../output/print';
import type { Run } from '../run';

const trigger = (gateway: Gateway, key: string) =>
  gateway.ask((base) => reconcileBinding({ ...base, path: { key }, body: {} }));

type Due = Awaited<ReturnType<typeof trigger>>;

const SHAPE: Shape<Due> = {
  nameOf: (row) => row.key,
  columns: [
    { title: 'NUMBER', of: (row) => row.key },
    { title: 'DUE', of: (row) => row.due_at },
  ],
};

/** One that is refused, because it is paused or not declared, keeps none of the others from being looked at. */
const reconcile = async (run: Run, numbers: string[]): Promise<ExitCode> => {
  const gateway = await run.gateway();
  const due: Due[] = [];
  const refused: string[] = [];
  for (const key of numbers) {
    try {
      due.push(await trigger(gateway, key));
    } catch (error) {
      if (!(error instanceof ApiFailure) || numbers.length === 1) throw error;
      refused.push(`${key}: ${error.message}`);
    }
  }
  const [only] = due;
  if (numbers.length === 1 && only !== undefined) run.printRow(only, SHAPE);
  else run.printRows(due, SHAPE, 'Nothing is due.');
  for (const text of refused) run.say(text);
  return refused.length > 0 ? EXIT.failed : EXIT.done;
};

export const addReconcile: AddCommands = (program, act) => {
  program
    .command('reconcile')
    .description('Have numbers looked at and repaired now instead of at their next time')
    .argument('<numbers...>', 'in any spelling')
    .action(act(reconcile));
};
