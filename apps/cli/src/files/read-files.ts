import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { Failure, reasonOf } from '../failure';
import { readCsv } from './csv-file';
import type { Content, Problem } from './places';
import { YamlFile } from './yaml-file';

const STDIN = '-';
const EXTENSIONS = ['.yaml', '.yml', '.json', '.csv'];

const isJson = (text: string): boolean => /^\s*[[{]/.test(text);
const isCsv = (text: string): boolean => /^\uFEFF?[^\n:{[]*\bnumber\b[^\n:]*(?:\n|$)/.test(text);

/** What is JSON by its name must be JSON, and not only YAML. */
const jsonFault = (file: string, text: string): readonly Problem[] => {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    const reason = reasonOf(error);
    const position = Number(/position (\d+)/.exec(reason)?.[1] ?? text.length);
    const line = text.slice(0, position).split('\n').length;
    return [{ file, line, field: null, message: `is no JSON: ${reason.replace(/ in JSON at position.*$/s, '')}` }];
  }
};

const read = (file: string, extension: string, text: string): Content => {
  if (extension === '.csv') return readCsv(file, text);
  const content = YamlFile.read(file, text);
  if (extension !== '.json' || content.problems.length > 0) return content;
  return { entries: content.entries, problems: jsonFault(file, text) };
};

const kindOf = (text: string): string => {
  if (isJson(text)) return '.json';
  return isCsv(text) ? '.csv' : '.yaml';
};

const bytesOf = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const contentOf = (file: string, bytes: Buffer): Content => {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { entries: [], problems: [{ file, line: 1, field: null, message: 'is not UTF-8: save it as that' }] };
  }
  const extension = extname(file).toLowerCase();
  return read(file, EXTENSIONS.includes(extension) ? extension : kindOf(text), text);
};

/** Files of a folder by name; those of folders in it too. */
const filesIn = async (folder: string): Promise<readonly string[]> => {
  const names = (await readdir(folder, { recursive: true })).filter((name) =>
    EXTENSIONS.includes(extname(name).toLowerCase()),
  );
  if (names.length === 0) throw new Failure(`${folder} has no file that ends with ${EXTENSIONS.join(', ')}.`);
  return names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => join(folder, name));
};

const expanded = async (path: string): Promise<readonly string[]> => {
  try {
    return (await stat(path)).isDirectory() ? await filesIn(path) : [path];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Failure(`There is no file ${path}.`, undefined, { cause: error });
  }
};

/** Everything that is declared in files, folders, and, for "-", on standard input. */
export const readFiles = async (paths: readonly string[], stdin: Readable): Promise<Content> => {
  const contents: Content[] = [];
  for (const path of paths) {
    if (path === STDIN) contents.push(contentOf('standard input', await bytesOf(stdin)));
    else for (const file of await expanded(path)) contents.push(contentOf(file, await readFile(file)));
  }
  return {
    entries: contents.flatMap(({ entries }) => entries),
    problems: contents.flatMap(({ problems }) => problems),
  };
};
