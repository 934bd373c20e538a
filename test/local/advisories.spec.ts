import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dialtone-advisories-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** What `npm run advisories` says and how it ends, when npm prints this. npm fails for advisories and for a registry alike. */
const withAnswer = (answer: string): { readonly said: string; readonly status: number | null } => {
  writeFileSync(join(directory, 'answer'), answer);
  const npm = `#!/bin/sh\necho "$@" > ${directory}/call\ncat ${directory}/answer\nexit 1\n`;
  writeFileSync(join(directory, 'npm'), npm, { mode: 0o755 });
  const done = spawnSync(process.execPath, [join(ROOT, 'deploy/local/advisories.mjs')], {
    encoding: 'utf8',
    env: { PATH: `${directory}:/usr/bin:/bin` },
  });
  return { said: (done.stdout + done.stderr).trimEnd(), status: done.status };
};

const advisory = (name: string, severity: string): Readonly<Record<string, object>> => ({
  [name]: { name, severity, range: '<2.0.0', via: [{ title: 'It leaks' }, 'deeper'] },
});
const report = (...found: readonly object[]): string =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities: Object.assign({}, ...found) as object });

describe('the check of advisories', () => {
  it.each([
    {
      name: 'passes without any',
      answer: report(),
      status: 0,
      says: 'Advisories: none that is severe, 0 others.',
    },
    {
      name: 'passes with what is not severe, and shows it',
      answer: report(advisory('a', 'low'), advisory('b', 'moderate')),
      status: 0,
      says: [
        'Advisories: none that is severe, 2 others.',
        '  low a <2.0.0: It leaks, through deeper',
        '  moderate b <2.0.0: It leaks, through deeper',
      ].join('\n'),
    },
    ...['high', 'critical'].map((severity) => ({
      name: `fails on a ${severity} one, and shows no other`,
      answer: report(advisory('a', 'low'), advisory('b', severity)),
      status: 1,
      says: `Severe advisories:\n  ${severity} b <2.0.0: It leaks, through deeper`,
    })),
    {
      name: 'passes with one line when the registry has no answer',
      answer: JSON.stringify({
        message: '405 Method Not Allowed - POST\nmore',
        statusCode: 405,
        error: { summary: '' },
      }),
      status: 0,
      says: 'Advisories were not checked, the registry gives no answer: 405 Method Not Allowed - POST',
    },
    {
      name: 'fails when npm cannot ask',
      answer: JSON.stringify({ error: { code: 'ENOLOCK', summary: 'There is no lock.' } }),
      status: 1,
      says: 'npm audit failed: {"code":"ENOLOCK","summary":"There is no lock."}',
    },
    {
      name: 'fails when npm says nothing that can be read',
      answer: 'usage',
      status: 1,
      says: 'npm audit failed: usage',
    },
  ])('$name', ({ answer, status, says }) => {
    expect(withAnswer(answer)).toEqual({ said: says, status });
  });

  it('asks about what is in production, as the lock has it', () => {
    withAnswer(report());
    expect(readFileSync(join(directory, 'call'), 'utf8')).toMatch(/^audit --json --omit=dev --package-lock-only /);
  });

  it('is part of CI, as that of rules, which repeats at its end what was not checked', () => {
    const script = readFileSync(join(ROOT, '.ci/run'), 'utf8');
    expect(script).toMatch(/^run_checks .*\badvisories rules\b/m);
    const repeated = `grep -hE '^[A-Z][^:]* (was|were) not (checked|asked)\\b' "$checks/advisories" "$checks/rules"`;
    expect(script.indexOf(repeated)).toBeGreaterThan(script.indexOf('== npm test'));
  });
});
