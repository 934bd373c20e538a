import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../local/paths.mjs';

const isThere = (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0;

/** One file of Debian's package, or null where there is no such package. */
function fetchTool(tool, target) {
  mkdirSync(cacheDirectory, { recursive: true });
  const directory = mkdtempSync(join(cacheDirectory, `${tool}.part-`));
  const run = (command, ...args) => spawnSync(command, args, { cwd: directory, stdio: 'ignore' }).status === 0;
  try {
    const isFetched =
      run('apt-get', 'download', 'prometheus') ||
      (run('apt-get', 'update') && run('apt-get', 'download', 'prometheus'));
    const [archive] = readdirSync(directory).filter((name) => name.endsWith('.deb'));
    if (!isFetched || archive === undefined || !run('dpkg-deb', '--extract', archive, 'package')) return null;
    renameSync(join(directory, 'package/usr/bin', tool), target);
    return target;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * How `prometheus` or `promtool` is called: the one on the PATH; on Debian and Ubuntu that of the distribution's package, which is
 * fetched and not installed. Null on a machine that has none.
 */
export function findTool(tool) {
  if (isThere(tool)) return tool;
  const kept = join(cacheDirectory, tool);
  if (existsSync(kept) && isThere(kept)) return kept;
  const fetched = fetchTool(tool, kept);
  return fetched !== null && isThere(fetched) ? fetched : null;
}
