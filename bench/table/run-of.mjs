import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { repositoryRoot } from '../../deploy/local/paths.mjs';

const git = (...args) => spawnSync('git', args, { cwd: repositoryRoot, encoding: 'utf8' }).stdout?.trim() ?? '';

/** What a table has to say of the run that it is of: machine, commit, date, and the sizes that were asked for. */
export function runOf({ dids, declared, times, seed }) {
  const processors = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: git('rev-parse', '--short=10', 'HEAD'),
    // Its own result is written by the run, so it does not count.
    hasChanges: git('status', '--porcelain', '--', '.', ':!docs/performance.*') !== '',
    machine: {
      processors: processors.length,
      model: processors[0]?.model.trim() ?? 'unknown',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform}-${process.arch}`,
      node: process.version,
    },
    sizes: { dids, declared, times, seed },
  };
}
