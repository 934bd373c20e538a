import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const ROOT = join(__dirname, '../../../..');
const LINES = 3_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-log-'));
  const flags = ['--bundle', '--platform=node', `--define:__dirname=${JSON.stringify(__dirname)}`];
  const entry = join(__dirname, '../../test/writes-log.ts');
  const { status, stderr } = spawnSync(
    join(ROOT, 'node_modules/.bin/esbuild'),
    [entry, ...flags, `--outfile=${join(folder, 'writes-log.cjs')}`],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const start = (how: string, lines: number): ChildProcess =>
  spawn(process.execPath, [join(folder, 'writes-log.cjs'), how, String(lines)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
  });

interface Line {
  readonly line?: number;
  readonly msg: string;
}

const linesOf = (output: string): readonly Line[] =>
  output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

const textOf = async (stream: ChildProcess['stdout']): Promise<string> => {
  let text = '';
  stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  if (stream !== null) await once(stream, 'end');
  return text;
};

describe('standard output', () => {
  it.each<{ how: string; ending: string; code: number | null; signal?: string; last?: string }>([
    { how: 'last', ending: 'has nothing more to do', code: 0 },
    { how: 'exit', ending: 'exits at once', code: 3 },
    { how: 'fail', ending: 'cannot start', code: 1, last: 'test failed: the port is taken' },
    { how: 'throw', ending: 'throws what nothing catches', code: 1 },
    { how: 'signal', ending: 'gets SIGTERM before anything listens', code: null, signal: 'SIGTERM' },
    { how: 'stop', ending: 'gets SIGTERM and stops in order', code: 0 },
  ])('has every line of a process that $ending', async ({ how, code, signal = null, last = 'said' }) => {
    const child = start(how, LINES);
    const [output, [endedWith, endedBy]] = await Promise.all([
      textOf(child.stdout),
      once(child, 'exit') as Promise<[number | null, string | null]>,
    ]);
    const lines = linesOf(output);
    expect([endedWith, endedBy]).toEqual([code, signal]);
    expect(lines.flatMap(({ line }) => line ?? [])).toEqual(Array.from({ length: LINES }, (_, nth) => nth));
    expect(lines.at(-1)?.msg).toBe(last);
    expect(lines[0]).toMatchObject({ app: 'test', revision: 'r1', version: expect.any(String) as string });
  });

  it('stops no process whose output is not read: it goes on, drops what is too much, and ends when it is told to', async () => {
    const child = start('live', 60_000);
    const [said] = (await once(child.stderr ?? child, 'data')) as [Buffer];
    expect(Number(/^alive (\d+)/.exec(said.toString())?.[1])).toBeGreaterThan(10_000);
    child.kill('SIGTERM');
    const [code, signal] = (await Promise.race([
      once(child, 'exit'),
      setTimeout(20_000, [null, 'still runs'], { ref: false }),
    ])) as [number | null, string | null];
    expect([code, signal]).toEqual([0, null]);
    child.stdout?.destroy();
    child.stderr?.destroy();
  });

  it('says how many lines it has dropped once there is room again', async () => {
    const child = start('live', 60_000);
    const [said] = (await once(child.stderr ?? child, 'data')) as [Buffer];
    const dropped = Number(/^alive (\d+)/.exec(said.toString())?.[1]);
    const output = textOf(child.stdout);
    await setTimeout(500);
    child.kill('SIGTERM');
    const lines = linesOf(await output);
    expect(lines.at(-1)).toMatchObject({
      level: 'warn',
      dropped,
      msg: 'Lines of the log were dropped, because standard output was not read',
    });
    expect(lines).toHaveLength(60_000 - dropped + 1);
  });
});
