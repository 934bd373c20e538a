import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Explained } from '../deploy/local/errors.mjs';
import { projectNode, repositoryRoot } from '../deploy/local/paths.mjs';

const PROBE = join(repositoryRoot, 'bench', 'probe.cjs');
/** The built app of a checkout: this one, or another to compare with. */
export const mainOf = (app, checkout = repositoryRoot) => join(checkout, 'dist', 'apps', app, 'src', 'main.js');

/** Long enough for any order: the collection of a large heap, a profile on its way to the disk. Work of a peer takes longer. */
const ANSWER_MS = { reset: 60_000, read: 60_000, run: 900_000 };

/**
 * Starts a script, of a built app or of a peer, with the probe in it. It dies with its parent, whose end closes the channel.
 * `run` gives a peer its work and returns what came of it.
 * @returns {{name: string, pid: number, reset: (options?: object) => Promise<void>, read: (options?: object) => Promise<object>,
 *   run: (options?: object) => Promise<object>, stop: () => Promise<void>, line: (pattern: RegExp) => Promise<string>}}
 */
export function startMeasured(script, { args = [], env = {}, name, logFile }) {
  const child = spawn(
    projectNode(),
    [
      '--expose-gc',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=TimeoutNegativeWarning',
      ...['--require', PROBE, script, ...args],
    ],
    { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const log = createWriteStream(logFile);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      if (text.length < 100_000) text += chunk;
      log.write(chunk);
    });
  }
  const ended = once(child, 'exit').then(() => log.end());
  const ask = orders(child, name);
  return {
    name,
    pid: child.pid,
    reset: (options) => ask('reset', options),
    read: (options) => ask('read', options),
    run: (options) => ask('run', options),
    line: (pattern) => said(child, () => pattern.exec(text)?.[1], { name, logFile }),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(late);
    },
  };
}

function orders(child, name) {
  let last = 0;
  const waiting = new Map();
  child.on('message', ({ id, answer, error }) => waiting.get(id)?.(answer, error));
  return (order, options = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      const silent = () => reject(new Explained(`${name} does not answer the order to ${order}.`));
      const late = setTimeout(silent, ANSWER_MS[order]);
      waiting.set(last, (answer, error) => {
        clearTimeout(late);
        if (error === undefined) resolve(answer);
        else reject(new Explained(`${name}: ${error}`));
      });
      child.send({ id: last, order, options }, (error) => error && reject(error));
    });
}

async function said(child, find, { name, logFile }) {
  for (let waited = 0; waited < 60_000; waited += 50) {
    const found = find();
    if (found !== undefined) return found;
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  throw new Explained(`${name} did not start; its log is ${logFile}.`);
}
