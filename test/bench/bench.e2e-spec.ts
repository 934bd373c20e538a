import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

interface Phase {
  readonly name: string;
  readonly requests: number;
  readonly bytes: number;
  readonly cpuMs: number;
  readonly rows: number;
  readonly statements: number;
  /** How often each was sent. */
  readonly byStatement?: Readonly<Record<string, number>>;
}

const DIDS = 60;
/** Of the connection and of the sweep's lease. */
const BOOKKEEPING_ROWS = 12;

const run = (...args: readonly string[]): readonly Phase[] => {
  const root = resolve(__dirname, '../..');
  // eslint-disable-next-line no-restricted-syntax -- the benchmark uses the server of this test run
  const env = { ...process.env, DATABASE_URL: process.env['TEST_DATABASE_URL'] };
  const done = spawnSync(process.execPath, ['bench/run.mjs', ...args, '--json'], { cwd: root, env, encoding: 'utf8' });
  if (done.stdout === '') throw new Error(done.stderr);
  const lines = done.stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Phase);
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
    const [cold, , unchanged, , , again] = phases;
    expect(cold?.rows).toBeGreaterThanOrEqual(DIDS);
    // One page of each list: the token is still valid.
    expect(unchanged?.requests).toBe(5);
    // On a busy machine PostgreSQL may count rows of the phase before.
    expect(Math.min(unchanged?.rows ?? Infinity, again?.rows ?? Infinity)).toBeLessThanOrEqual(BOOKKEEPING_ROWS);
    expect(phases.every(({ cpuMs, bytes }) => cpuMs > 0 && bytes > 0)).toBe(true);
  });
});

describe('npm run bench -- gateway', () => {
  const REQUESTS = 20;
  const DECLARED = 10;
  /**
   * Statements that write what was said; the limit of the key is counted, and when it was used. Rows are no measure of one
   * phase: PostgreSQL may count them seconds later.
   */
  const SAYS_NOTHING = /^(?:select |insert into request_windows|update request_windows|update api_keys)/i;
  const writing = (phase: Phase | undefined): readonly string[] =>
    Object.keys(phase?.byStatement ?? {}).filter((statement) => !SAYS_NOTHING.test(statement));

  it('measures every kind of request, and saying the same again writes nothing', () => {
    const phases = run('gateway', '--dids', String(DIDS), '--requests', String(REQUESTS));
    expect(phases.map(({ name }) => name)).toEqual([
      '1 × sync, nothing imported yet',
      '3 × sync, all imported',
      '3 × sync without import',
      '10 × declare',
      '20 × declare the same',
      '20 × one declaration',
      '4 × 100 declarations',
      '4 × 100 verdicts',
      '4 × 100 local numbers',
      '4 × 100 clients of VoiceLink',
    ]);
    const [first, , , declare, same, read] = phases;
    expect(first?.rows).toBeGreaterThanOrEqual(DIDS);
    expect(declare?.byStatement).toMatchObject({ COMMIT: DECLARED });
    expect(writing(declare)).toHaveLength(3);
    expect([same, read].map(writing)).toEqual([[], []]);
    expect(phases.every(({ cpuMs }) => cpuMs > 0)).toBe(true);
  });
});

describe('npm run bench -- reads', () => {
  it('measures every filter and order, and none costs four times what it may', () => {
    // The bounds are those of 100,000 numbers; the machine runs other tests.
    const phases = run('reads', '--dids', '2000', '--requests', '300', '--most', '4');
    const names = phases.map(({ name }) => name.replace(/^\d+ × /, ''));
    expect(names).toEqual(
      expect.arrayContaining(['summary', 'readiness, digits', 'readiness, since desc', 'bindings, label']) as unknown,
    );
    expect(new Set(names).size).toBe(names.length);
    expect(phases.every(({ cpuMs, bytes }) => cpuMs > 0 && bytes > 0)).toBe(true);
  });
});

describe('npm run bench -- reconcile', () => {
  /** Numbers from nothing to READY, declared at once. A number alone takes more than 85 statements and 12 requests. */
  const NUMBERS = 120;
  const MOST = { statements: 35, requests: 5 };

  it('costs a number among many a part of what it costs alone', () => {
    const { statements, requests } = run('reconcile', '--dids', String(NUMBERS)).at(-1) ?? {};
    expect(statements).toBeLessThanOrEqual(MOST.statements);
    expect(requests).toBeLessThanOrEqual(MOST.requests);
  });
});

describe('npm run bench -- gate', () => {
  it('keeps every bound: no unchanged page is parsed, none of its rows written or held, and no statement sent for each page or step', () => {
    const rows = run('gate') as readonly unknown[] as readonly { readonly id: string; readonly met: boolean | null }[];
    expect(rows.length).toBeGreaterThanOrEqual(10);
    expect(rows.filter(({ met }) => met !== true)).toEqual([]);
  });
});
