import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Explained, failWith } from '../local/errors.mjs';
import { cacheDirectory, repositoryRoot } from '../local/paths.mjs';

/**
 * Checks the rules, runs their unit tests, and checks Prometheus' configuration: `npm run rules`. It takes the promtool on the
 * PATH; on Debian and Ubuntu it fetches one from the distribution's package, without installing it. A machine that has none is
 * no failure: one line says so.
 */
const FETCHED = join(cacheDirectory, 'promtool');

const isThere = (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).status === 0;

/** The one file of Debian's package, or null where there is no such package. */
function fetchPromtool() {
  mkdirSync(cacheDirectory, { recursive: true });
  const directory = mkdtempSync(join(cacheDirectory, 'promtool.part-'));
  const run = (command, ...args) => spawnSync(command, args, { cwd: directory, stdio: 'ignore' }).status === 0;
  try {
    const isFetched =
      run('apt-get', 'download', 'prometheus') ||
      (run('apt-get', 'update') && run('apt-get', 'download', 'prometheus'));
    const [archive] = readdirSync(directory).filter((name) => name.endsWith('.deb'));
    if (!isFetched || archive === undefined || !run('dpkg-deb', '--extract', archive, 'package')) return null;
    renameSync(join(directory, 'package/usr/bin/promtool'), FETCHED);
    return FETCHED;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function findPromtool() {
  if (isThere('promtool')) return 'promtool';
  if (existsSync(FETCHED) && isThere(FETCHED)) return FETCHED;
  const fetched = fetchPromtool();
  return fetched !== null && isThere(fetched) ? fetched : null;
}

const filesIn = (folder) =>
  readdirSync(join(repositoryRoot, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(folder, name));

function check(promtool, args) {
  const { status } = spawnSync(promtool, args, { cwd: repositoryRoot, stdio: 'inherit' });
  if (status !== 0) throw new Explained(`promtool ${args.slice(0, 2).join(' ')} failed, see above.`);
}

try {
  const promtool = findPromtool();
  if (promtool === null) {
    process.stdout.write('Rules of Prometheus were not checked: this machine has no promtool, and no package of it.\n');
  } else {
    check(promtool, ['check', 'rules', ...filesIn('deploy/prometheus/rules')]);
    check(promtool, ['check', 'config', '--syntax-only', 'deploy/prometheus/prometheus.yml']);
    check(promtool, ['test', 'rules', ...filesIn('deploy/prometheus/tests')]);
  }
} catch (error) {
  failWith(error);
}
