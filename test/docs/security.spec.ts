import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');

/** The rows of the map: which risk, and the code spans of its last column. */
const ROWS = [...PAGE.matchAll(/^\| (API\d+) .*\|([^|]+)\|$/gm)].map(([, risk = '', shown = '']) => ({
  risk,
  tests: [...shown.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
}));

describe('the page about security', () => {
  it('has each of the ten risks once, in order', () => {
    expect(ROWS.map(({ risk }) => risk)).toEqual(Array.from({ length: 10 }, (_, nth) => `API${String(nth + 1)}`));
  });

  it.each(ROWS.map(({ risk, tests }) => [risk, tests] as const))('shows %s with tests that exist', (_, tests) => {
    expect(tests).not.toHaveLength(0);
    expect(tests.filter((path) => !/spec\.ts$/.test(path) || !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('lists attacks, each with the tests that make it', () => {
    const [, table = ''] = PAGE.split('\n## The attacks');
    const attacks = [...table.matchAll(/^\| (?!-|attack ) *(.*?) *\|([^|]+)\|$/gm)];
    expect(attacks.length).toBeGreaterThan(10);
    expect(attacks.filter(([, , tests = '']) => !tests.includes('spec.ts`')).map(([, attack]) => attack)).toEqual([]);
  });

  it('names no path of the repository that does not exist', () => {
    const paths = [...PAGE.matchAll(/`((?:apps|libs|test|docs|deploy)\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(paths.length).toBeGreaterThan(20);
  });

  it('is linked from the README', () => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain('](docs/security.md)');
  });
});
