import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { explained, eventually, startSystem, type System } from './harness';

const ROOT = resolve(__dirname, '../..');
// eslint-disable-next-line no-restricted-syntax -- settings of the test, not of Dialtone
const { STOPS, PATH = '' } = process.env;
/** In the first seconds: while the app is loaded, while it connects, and just after; STOPS=20 for so many random times. */
const STOPS_MS =
  STOPS === undefined
    ? [40, 250, 700, 1_200, 1_900, 3_000, 5_000]
    : Array.from({ length: Number(STOPS) }, () => Math.random() * 5_000);
/** Two seconds of an app that is alone on its machine. */
const MOST_MS = 6_000;

/** A namespace where the entry point is process 1, to which the kernel gives no signal that it does not handle. */
const NAMESPACE = ['--pid', '--fork', '--kill-child'];
const isProcessOne = spawnSync('unshare', [...NAMESPACE, 'true']).status === 0;

let system: System;
let image: string;
beforeAll(async () => {
  system = await startSystem({ reconcilers: 0 });
  // As in the image: the entry point beside what was built.
  image = mkdtempSync(join(tmpdir(), 'dialtone-image-'));
  copyFileSync(join(ROOT, 'deploy/entrypoint.sh'), join(image, 'entrypoint.sh'));
  symlinkSync(join(ROOT, 'dist'), join(image, 'dist'));
  if (!isProcessOne) process.stdout.write('Stops as process 1 were not checked: this machine makes no namespaces.\n');
});
afterAll(async () => {
  await system.stop();
  rmSync(image, { recursive: true, force: true });
});

const childOf = (pid: number): number | null => {
  const [child] = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').split(' ');
  return child === undefined || child === '' ? null : Number(child);
};

/** Starts an app as a container does, ends it after so long, and tells how and how soon it ended. */
const stopAfter = async (app: string, delayMs: number) => {
  const entry = [join(image, 'entrypoint.sh'), app];
  const [command = '', ...args] = isProcessOne ? ['unshare', ...NAMESPACE, 'sh', ...entry] : ['sh', ...entry];
  const child = spawn(command, args, {
    env: { ...system.environment, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((settle) => child.once('close', settle));
  const { pid = 0 } = child;
  const target = isProcessOne ? await eventually(() => childOf(pid) ?? Promise.reject(new Error('no child'))) : pid;
  await setTimeout(delayMs);
  const asked = performance.now();
  process.kill(target, 'SIGTERM');
  const code = await Promise.race([ended, setTimeout(MOST_MS * 2, 'still running' as const, { ref: false })]);
  if (code === 'still running') process.kill(target, 'SIGKILL');
  return { code, ms: performance.now() - asked, output };
};

describe.each(['api-gateway', 'reconciler'])('%s', (app) => {
  it(
    'ends when it is told to, however early, and leaves no lease',
    explained(async () => {
      for (const delayMs of STOPS_MS) {
        const { code, ms, output } = await stopAfter(app, delayMs);
        const said = `${app} ${String(delayMs)} ms after its start: ${String(code)} after ${String(ms)} ms\n${output}`;
        expect([said, [0, 143].includes(Number(code)), ms < MOST_MS]).toEqual([said, true, true]);
      }
      expect(await system.query('select * from leases where expires_at > now()')).toEqual([]);
    }),
  );
});
