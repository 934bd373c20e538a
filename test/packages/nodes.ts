import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const OLDEST = 20;

const versionOf = (node: string): string => execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
const isOldest = (node: string): boolean => versionOf(node).startsWith(`v${String(OLDEST)}.`);

/** Kept for later runs. The registry has Node's binaries, which need no script to be installed. */
const fetched = (): string => {
  const folder = join(ROOT, '.dialtone', `node-${String(OLDEST)}`);
  const name = `node-${process.platform}-${process.arch}`;
  const node = join(folder, 'node_modules', name, 'bin/node');
  if (!existsSync(node))
    execFileSync('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', `${name}@${String(OLDEST)}`]);
  return node;
};

/** The oldest Node that the command line runs on, and the one of the tests. */
export const nodes = (path: string): readonly { readonly version: string; readonly node: string }[] => {
  const onPath = path
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .filter((node) => existsSync(node));
  const oldest = onPath.find(isOldest) ?? fetched();
  return [oldest, process.execPath].map((node) => ({ node, version: versionOf(node) }));
};
