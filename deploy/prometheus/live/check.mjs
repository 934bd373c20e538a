import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { Explained, failWith } from '../../local/errors.mjs';
import { localDirectory, projectNode, repositoryRoot } from '../../local/paths.mjs';
import { freePort } from '../../local/ports.mjs';
import { writeConfiguration } from '../local.mjs';
import { findTool } from '../tools.mjs';
import { askEverything } from './queries.mjs';
import { makeTraffic } from './traffic.mjs';

/**
 * Runs `up` with a Prometheus beside it, as one would look at it by hand, and asks every query of every dashboard and every rule
 * after the demonstration and a little traffic: `npm run live`. It ends as `up` does, and with 1 when a query has no answer. Where
 * no Prometheus can be had it runs the demonstration alone, and one line says so.
 */
const ROUNDS = { rounds: 25, pauseMs: 400 };
/** So long the queries may take until each has brought something: rates need two samples, rules are evaluated one after another. */
const PATIENCE_MS = 60_000;
const RUNNING = 'Running. Ctrl-C stops everything.';

const say = (line) => process.stdout.write(`${line}\n`);

/** A child in the foreground; `line` resolves when it prints that, `ended` to its exit code. */
function start(command, args, { awaited }) {
  const child = spawn(command, args, { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  const line = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      say(text);
      if (text.includes(awaited)) resolve();
    });
  });
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { line, ended, stop };
}

const up = (...flags) =>
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

async function untilAnswered(prometheus, until = Date.now() + PATIENCE_MS) {
  const { asked, faults } = await askEverything(prometheus).catch((error) => ({
    asked: 0,
    faults: [{ where: 'Prometheus', expr: '', found: error.message }],
  }));
  if (faults.length === 0) return say(`${asked} queries of dashboards and rules, each with an answer.`);
  if (Date.now() > until) {
    const list = faults.map(({ where, expr, found }) => `${where}: ${found}\n    ${expr}`).join('\n');
    throw new Explained(`${faults.length} of ${asked} queries have no answer:\n${list}`);
  }
  await setTimeout(2_000);
  return untilAnswered(prometheus, until);
}

async function watched(command) {
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
    await makeTraffic(facts, ROUNDS);
    await untilAnswered(prometheus.url);
  } finally {
    await Promise.all([prometheus?.stop(), stack.stop()]);
    rmSync(directory, { recursive: true });
  }
  return stack.ended;
}

async function main() {
  const command = findTool('prometheus');
  if (command !== null) return watched(command);
  say('Queries of dashboards and rules were not asked: this machine has no Prometheus, and no package of it.');
  return up('--once').ended;
}

main().then((code) => {
  process.exitCode = code;
}, failWith);
