import { explainBinding } from '@dialtone/client';
import type { AddCommands } from '../command-parts';
import { EXIT } from '../failure';
import { shown } from '../output/texts';

export const addWhy: AddCommands = (program, act) => {
  program
    .command('why')
    .description('Explain why a declared number is as it is, what was tried, and what a person has to do')
    .argument('<numbers...>', 'in any spelling')
    .action(
      act(async (run, numbers: string[]) => {
        const gateway = await run.gateway();
        for (const [index, key] of numbers.entries()) {
          const explanation = await gateway.ask((base) => explainBinding({ ...base, path: { key } }));
          if (run.format !== 'table' && run.format !== 'wide') {
            run.printRow(explanation, { nameOf: (row) => row.key, columns: [] });
            continue;
          }
          const sentences = explanation.statements.map(({ text }) => `- ${shown(text)}\n`);
          run.print(`${index === 0 ? '' : '\n'}${sentences.join('')}`);
        }
        return EXIT.done;
      }),
    );
};
