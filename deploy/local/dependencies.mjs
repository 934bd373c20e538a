import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Explained } from './errors.mjs';
import { repositoryRoot } from './paths.mjs';

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

/** Installs the dependencies when they are missing, incomplete or differ from the lock file. */
export async function ensureDependencies(say) {
  if (areInstalled()) return;
  say('Installing the dependencies (npm ci, about a minute) …');
  // A Node that is too old for some packages is fine here: it only installs them; they run on the Node that npm brings.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: repositoryRoot,
    stdio: ['ignore', 2, 2],
  });
  if (done.error)
    throw new Explained(`npm could not be run (${done.error.message}): it comes with Node, https://nodejs.org`);
  if (done.status !== 0)
    throw new Explained(
      'npm ci failed, see above. Nothing was started; run it again when the registry can be reached.',
    );
}
