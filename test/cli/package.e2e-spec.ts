import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { nodes } from './nodes';

const ROOT = resolve(__dirname, '../..');
const PACKAGE = join(ROOT, 'dist/packages/cli');
const MIB = 1_048_576;

let folder: string;
let tarball: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-package-'));
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', PACKAGE, '--json', '--silent', '--pack-destination', folder], { encoding: 'utf8' }),
  ) as { readonly filename: string }[];
  tarball = join(folder, packed?.filename.replace('@', '').replace('/', '-') ?? '');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

// eslint-disable-next-line no-restricted-syntax -- where this machine has its Nodes
const { PATH = '' } = process.env;

describe('the package of the command line', () => {
  it('has one file to run, what others ask of it, and nothing else', () => {
    const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n').toSorted();
    expect(files).toEqual(
      ['LICENSES.txt', 'README.md', 'dialtone.js', 'package.json'].map((name) => `package/${name}`),
    );
    expect(statSync(join(PACKAGE, 'dialtone.js')).size).toBeLessThan(MIB);
  });

  it('names each package that is in the file, with its licence', () => {
    const licences = readFileSync(join(PACKAGE, 'LICENSES.txt'), 'utf8');
    for (const name of ['commander', 'yaml', 'cli-table3', 'csv-parse']) expect(licences).toContain(`${name} `);
    expect(licences).not.toMatch(/GPL/);
  });

  it('has no fault that publint knows', () => {
    const done = spawnSync(process.execPath, [join(ROOT, 'node_modules/publint/src/cli.js'), '--strict', PACKAGE], {
      encoding: 'utf8',
    });
    expect([done.status, done.stdout + done.stderr]).toEqual([0, expect.stringContaining('All good!')]);
  });

  it.each(nodes(PATH))('installs into an empty folder and runs there on Node $version', ({ node }) => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: empty, stdio: 'pipe' });
    expect(readdirSync(join(empty, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@dialtone']);
    const dialtone = join(empty, 'node_modules/.bin/dialtone');
    const run = (...args: string[]) =>
      spawnSync(node, [dialtone, ...args], { encoding: 'utf8', env: { XDG_CONFIG_HOME: empty } });
    const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    expect(run('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(run('whoami')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('Log in once') as string,
    });
  });
});
