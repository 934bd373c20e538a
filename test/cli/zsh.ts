import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const FOLDER = resolve(__dirname, '../../.dialtone/zsh');

export interface Zsh {
  readonly program: string;
  /** Where its modules are; empty: where it looks by itself. */
  readonly modules: string;
}

const modulesIn = (folder: string): string => {
  const found = spawnSync('find', [folder, '-name', 'parameter.so'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? '';
  return found.replace(/\/zsh\/parameter\.so$/, '');
};

/** Out of Debian's package, without installing it; kept for later runs. */
const fetched = (): Zsh => {
  const program = join(FOLDER, 'bin/zsh');
  if (!existsSync(program)) {
    mkdirSync(FOLDER, { recursive: true });
    const isThere = spawnSync('apt-get', ['download', 'zsh'], { cwd: FOLDER }).status === 0;
    if (!isThere) {
      execFileSync('apt-get', ['update'], { stdio: 'ignore' });
      execFileSync('apt-get', ['download', 'zsh'], { cwd: FOLDER, stdio: 'ignore' });
    }
    const archive = readdirSync(FOLDER).find((name) => name.endsWith('.deb')) ?? '';
    execFileSync('dpkg-deb', ['--extract', archive, '.'], { cwd: FOLDER });
  }
  return { program, modules: modulesIn(FOLDER) };
};

/** The zsh of this machine, or Debian's; null: there is neither. */
export const findZsh = (path: string): Zsh | null => {
  const program = path
    .split(delimiter)
    .map((folder) => join(folder, 'zsh'))
    .find((file) => existsSync(file));
  if (program !== undefined) return { program, modules: '' };
  try {
    return fetched();
  } catch {
    return null;
  }
};
