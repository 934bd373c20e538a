import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Explained } from '../../local/errors.mjs';
import { localDirectory, projectNode, repositoryRoot } from '../../local/paths.mjs';
import { freePort } from '../../local/ports.mjs';
import { writeConfiguration } from '../local.mjs';

const RUNNING = 'Running. Ctrl-C stops everything.';

/** A child in the foreground; `line` resolves when it prints that, `ended` to its exit code. */
function start(command, args, { awaited }) {
  const child = spawn(command, args, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  const line = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      process.stdout.write(`${text}\n`);
      if (text.includes(awaited)) resolve();
    });
  });
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { line, ended, stop };
}

/** `npm run up`; `line` resolves when its demonstration is through. */
export const up = (...flags) =>
  start(projectNode(), ['deploy/local/bootstrap.mjs', 'deploy/local/up.mjs', ...flags], { awaited: RUNNING });

function startPrometheus(command, { config, directory, port }) {
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${directory}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn(command, flags, { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/**
 * Runs `up` with a Prometheus beside it, as one would look at it by hand, and calls `look` once the demonstration is through.
 * @param {string} command how Prometheus is called
 * @param {(prometheus: string, facts: object) => Promise<void>} look with the URL of Prometheus and .dialtone/up.json
 * @returns {Promise<number>} the exit code of `up`
 */
export async function watched(command, look) {
  const stack = up();
  const endedEarly = stack.ended.then((code) => {
    throw new Explained(`up ended with ${code} before its demonstration was through.`);
  });
  endedEarly.catch(() => {});
  const directory = mkdtempSync(join(tmpdir(), 'dialtone-prometheus-'));
  let prometheus;
  try {
    await Promise.race([stack.line, endedEarly]);
    const facts = JSON.parse(readFileSync(join(localDirectory, 'up.json'), 'utf8'));
    prometheus = startPrometheus(command, { config: writeConfiguration('1s'), directory, port: await freePort() });
    await look(prometheus.url, facts);
  } finally {
    await Promise.all([prometheus?.stop(), stack.stop()]);
    rmSync(directory, { recursive: true });
  }
  return stack.ended;
}
