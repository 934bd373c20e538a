import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

interface Phase {
  readonly name: string;
  readonly requests: number;
  readonly bytes: number;
  readonly cpuMs: number;
  readonly rows: number;
}

const DIDS = 60;
/** Of the connection and of the sweep's lease. */
const BOOKKEEPING_ROWS = 12;

const run = (...args: readonly string[]): readonly Phase[] => {
  const root = resolve(__dirname, '../..');
  // eslint-disable-next-line no-restricted-syntax -- the benchmark uses the server of this test run
  const env = { ...process.env, DATABASE_URL: process.env['TEST_DATABASE_URL'] };
  const done = spawnSync(process.execPath, ['bench/run.mjs', ...args, '--json'], { cwd: root, env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as readonly Phase[];
};

describe('npm run bench -- sweep', () => {
  it('measures every phase, and an unchanged account costs its page requests and no rows', () => {
    const phases = run('sweep', '--dids', String(DIDS));
    expect(phases.map(({ name }) => name)).toEqual([
      'cold',
      'after cold',
      'unchanged',
      '1 changed',
      'after changes',
      'unchanged again',
    ]);
    const [cold, , unchanged] = phases;
    expect(cold?.rows).toBeGreaterThanOrEqual(DIDS);
    // One page of each list: the token is still valid.
    expect(unchanged?.requests).toBe(5);
    expect(unchanged?.rows).toBeLessThanOrEqual(BOOKKEEPING_ROWS);
    expect(phases.every(({ cpuMs, bytes }) => cpuMs > 0 && bytes > 0)).toBe(true);
  }, 120_000);
});
