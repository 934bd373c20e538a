import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Explained, failWith } from '../local/errors.mjs';
import { repositoryRoot } from '../local/paths.mjs';
import { findTool } from './tools.mjs';

/**
 * Checks the rules, runs their unit tests, and checks Prometheus' configuration: `npm run rules`. A machine that has no promtool
 * is no failure: one line says so.
 */
const filesIn = (folder) =>
  readdirSync(join(repositoryRoot, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => join(folder, name));

function check(promtool, args) {
  const { status } = spawnSync(promtool, args, { cwd: repositoryRoot, stdio: 'inherit' });
  if (status !== 0) throw new Explained(`promtool ${args.slice(0, 2).join(' ')} failed, see above.`);
}

try {
  const promtool = findTool('promtool');
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
