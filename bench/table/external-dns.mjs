import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Explained } from '../../deploy/local/errors.mjs';
import { localDirectory, repositoryRoot } from '../../deploy/local/paths.mjs';

const SOURCE = join(repositoryRoot, 'bench', 'peers', 'external-dns');

/** The comparison of a controller that holds everything in memory. It needs Go, and its modules once from the network. */
export async function externalDnsSection({ dids, times, measured, say }) {
  say("peer: external-dns' plan (it is built first)");
  const folder = join(localDirectory, 'bench');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'external-dns');
  await run('go', ['build', '-o', program, '.'], SOURCE);
  measured.record('plan', JSON.parse(await run(program, [String(dids), String(times)], folder)));
}

function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) child[stream].on('data', (chunk) => (texts[stream] += chunk));
    child.once('error', ({ code }) => reject(new Explained(`${command} cannot be run: ${code}`)));
    child.once('close', (code) =>
      code === 0 ? resolve(texts.stdout) : reject(new Explained(`${command} failed: ${texts.stderr.slice(-300)}`)),
    );
  });
}
