import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { adminProgram } from './program';

const ROOT = resolve(__dirname, '../../..');
const markdownIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file));

/** Words that follow `dialtone-admin` and name commands, up to the first that is an argument or an option. */
const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/dialtone-admin ((?:[a-z][a-z-]*(?: |(?=[\n`])))+)/g)].map(([, words = '']) => words.trim());

const program = adminProgram(() => {
  throw new Error('no configuration is needed');
}, {});

/** The first word that should be a command and is none, or null. */
const unknownWord = (command: Command, [word, ...rest]: readonly string[]): string | null => {
  if (command.commands.length === 0 || word === undefined) return null;
  const next = command.commands.find((one) => one.name() === word);
  return next === undefined ? word : unknownWord(next, rest);
};

describe('commands of dialtone-admin in the pages', () => {
  it('are found, and a wrong one is seen', () => {
    expect(commandsIn('`… -- dialtone-admin key issue Acme`, `dialtone-admin topics`')).toEqual([
      'key issue',
      'topics',
    ]);
    expect([unknownWord(program, ['key', 'create']), unknownWord(program, ['key', 'issue'])]).toEqual(['create', null]);
  });

  it.each([...markdownIn('docs/operations'), 'README.md', 'docs/security.md'])(
    '%s names only commands that exist',
    (page) => {
      const said = commandsIn(readFileSync(join(ROOT, page), 'utf8'));
      expect(said.filter((words) => unknownWord(program, words.split(' ')) !== null)).toEqual([]);
    },
  );
});
