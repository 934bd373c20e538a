import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

export const ROOT = resolve(__dirname, '../..');
/** Of each language: the partner's program, and the versions of what it is made with. */
export const PARTNER = join(__dirname, 'partner');

const MAX_OUTPUT = 16 * 1024 * 1024;

interface Failure {
  readonly code?: unknown;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** What the program prints; throws with all that it said when it fails, and says what to install when it is missing. */
export const run = async (program: string, args: readonly string[], cwd: string): Promise<string> => {
  try {
    return (await promisify(execFile)(program, [...args], { cwd, maxBuffer: MAX_OUTPUT })).stdout;
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Failure;
    if (code === 'ENOENT')
      throw new Error(`${program} is missing: ${NEEDS[program] ?? 'install it'}.`, { cause: error });
    throw new Error(`${program} ${args.join(' ')} failed: ${stdout}${stderr}`, { cause: error });
  }
};

const NEEDS: Readonly<Record<string, string>> = {
  python3: 'the generated Python client is tried with Python 3.11 or later, with its modules venv and pip',
  go: 'the generated Go client is tried with Go 1.26 or later',
};

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Longer than an installation takes: a lock that is older is left from a run that was killed. */
const LOCK_MS = 600_000;

/** One process after another: tests in two processes may want the same packages. */
const alone = async (lock: string, work: () => Promise<void>): Promise<void> => {
  await mkdir(dirname(lock), { recursive: true });
  for (;;) {
    const isMine = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (isMine) break;
    const heldSince = await stat(lock).then(({ mtimeMs }) => mtimeMs, Date.now);
    if (Date.now() - heldSince > LOCK_MS) await rm(lock, { recursive: true, force: true });
    else await sleep(200);
  }
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
};

/** The commands of the pinned Python packages of a list. They are installed once, for all runs of this working copy. */
export const pythonTools = async (requirements = join(PARTNER, 'python/requirements.txt')): Promise<string> => {
  const version = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const kept = join(ROOT, '.dialtone', `python-${version}`);
  await alone(`${kept}.lock`, async () => {
    const installed = join(kept, 'installed');
    if (await exists(installed)) return;
    await rm(kept, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', kept], ROOT);
    await run(join(kept, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], ROOT);
    await mkdir(installed);
  });
  return join(kept, 'bin');
};
