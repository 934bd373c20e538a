import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { nodes } from '../packages/nodes';
import { Packed } from '../packages/packed';

const PACKAGE = resolve(__dirname, '../../dist/packages/cli');
const MIB = 1_048_576;

let folder: string;
let packed: Packed;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialtone-package-'));
  packed = new Packed(PACKAGE, folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

// eslint-disable-next-line no-restricted-syntax -- where this machine has its Nodes
const { PATH = '' } = process.env;

describe('the package of the command line', () => {
  it('has one file to run, what others ask of it, and nothing else', () => {
    expect(packed.files()).toEqual(['LICENSES.txt', 'README.md', 'dialtone.js', 'package.json']);
    expect(statSync(join(PACKAGE, 'dialtone.js')).size).toBeLessThan(MIB);
  });

  it('names each package that is in the file, with its licence', () => {
    const licences = packed.text('LICENSES.txt');
    for (const name of ['commander', 'yaml', 'cli-table3', 'csv-parse']) expect(licences).toContain(`${name} `);
    expect(licences).not.toMatch(/GPL/);
  });

  it('has no fault that publint knows', () => {
    expect(packed.publint()).toEqual({ status: 0, said: expect.stringContaining('All good!') as string });
  });

  it.each(nodes(PATH))('installs into an empty folder and runs there on Node $version', ({ node }) => {
    const { empty, installed } = packed.install();
    expect(installed).toEqual(['@dialtone/cli']);
    const dialtone = join(empty, 'node_modules/.bin/dialtone');
    const run = (...args: string[]) =>
      spawnSync(node, [dialtone, ...args], { encoding: 'utf8', env: { XDG_CONFIG_HOME: empty } });
    expect(run('--version')).toMatchObject({ status: 0, stdout: `${packed.version}\n`, stderr: '' });
    expect(run('whoami')).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('Log in once') as string,
    });
  });
});
