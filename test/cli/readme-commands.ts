import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const TITLE = '## From a shell';

const section = (): string => {
  const readme = readFileSync(resolve(ROOT, 'README.md'), 'utf8');
  const from = readme.indexOf(TITLE);
  return readme.slice(from, readme.indexOf('\n## ', from + TITLE.length));
};

const blocks = (language: string): readonly string[] =>
  [...section().matchAll(new RegExp('```' + language + '\\n(.*?)```', 'gs'))].map(([, text]) => text ?? '');

export interface PrintedCommand {
  readonly line: string;
  /** What its comment says; 0 without one. */
  readonly exits: number;
}

/** The file that the section shows. */
export const printedFile = (): string => blocks('csv').join('');

/** Every command of the section, in its order. */
export const printedCommands = (): readonly PrintedCommand[] =>
  blocks('sh')
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => ({ line, exits: Number(/# exits (\d)/.exec(line)?.[1] ?? 0) }));
