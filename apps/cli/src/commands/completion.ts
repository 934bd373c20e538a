import type { Command } from 'commander';
import { askFor } from '../completion/ask';
import { scriptFor, SHELLS } from '../completion/scripts';
import { suggest, type Suggestion } from '../completion/suggest';
import { FORMATS } from '../output/print';
import type { Surroundings } from '../surroundings';
import { STATES } from './states';

const HELP = `
For this shell only:   source <(dialtone completion bash)
bash, for good:        dialtone completion bash >> ~/.bashrc
zsh, for good:         dialtone completion zsh > "\${fpath[1]}/_dialtone"

Numbers, agents and connections are asked of the gateway, for 300 ms at most: without an answer there are none.`;

const VALUES = { '--output': FORMATS, '--state': STATES, '--issue': STATES.filter((state) => state !== 'READY') };

const linesOf = (list: readonly Suggestion[], current: string): string =>
  list
    .filter(({ value }) => value.startsWith(current))
    .map(({ value, description }) => `${value}\t${description}\n`)
    .join('');

/** What the scripts of the shells ask: `complete -- <index of the word under the cursor> <words…>`. */
const complete = async (
  program: Command,
  around: Surroundings,
  [index, ...words]: readonly string[],
): Promise<string> => {
  const line = words.slice(0, Number(index) + 1);
  const suggested = suggest(program, line, VALUES);
  const current = line.at(-1) ?? '';
  if (suggested.kind === 'files') return ':files\n';
  if (suggested.kind === 'these') return linesOf(suggested.list, current);
  const profile = words[words.indexOf('--profile') + 1];
  const flags = words.includes('--profile') && profile !== undefined ? { profile } : {};
  const values = await askFor(around, suggested.what, flags);
  return linesOf(
    values.map((value) => ({ value, description: '' })),
    current,
  );
};

export const addCompletion = (program: Command, around: Surroundings): void => {
  program
    .command('completion')
    .description('Print what a shell needs to complete commands, options, numbers and names')
    .addArgument(program.createArgument('<shell>').choices(SHELLS))
    .addHelpText('after', HELP)
    .action((shell: string) => {
      around.stdout.write(scriptFor(shell));
    });
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(async (words: string[]) => {
      around.stdout.write(await complete(program, around, words));
    });
};
