import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../generated-client/tools';

const TITLE = /^## (.+)$/m;
const BLOCK = /^```(\w+)\n(.*?)^```$/gms;
const NAME = /^(?:\/\/|#) (\S+)\n/;

const page = readFileSync(join(ROOT, 'docs/events/consuming.md'), 'utf8');

/** A program or a command of docs/events/consuming.md. */
export interface Block {
  /** The title that it stands under. */
  readonly section: string;
  /** The file to save it as, which its first line names. */
  readonly name: string;
  readonly text: string;
}

const blocksOf = (section: string): readonly Block[] =>
  [...section.matchAll(BLOCK)].map(([, language = '', text = '']) => ({
    section: TITLE.exec(section)?.[1] ?? '',
    name: NAME.exec(text)?.[1] ?? `a nameless block in ${language}`,
    text,
  }));

export const BLOCKS: readonly Block[] = page.split(/^(?=## )/m).flatMap(blocksOf);

export const namesIn = (section: string): readonly string[] =>
  BLOCKS.filter((block) => block.section === section).map(({ name }) => name);
