import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { explained, startSystem, type System } from '../e2e/harness';
import { BUNDLE } from './cli';
import { printedCommands, printedFile } from './readme-commands';

const ROOT = resolve(__dirname, '../..');
const PRINTED_ADDRESS = 'http://127.0.0.1:3000';
/** What the section must show: a command that is added to the program is added there. */
const COMMANDS = dirname(BUNDLE);

let system: System;
let home: string;
beforeAll(async () => {
  system = await startSystem({ brokers: null, env: { LOG_LEVEL: 'info' } });
  home = mkdtempSync(join(tmpdir(), 'dialtone-readme-'));
  await system.simulator.addClient({ id: 415 });
  for (const did_number of ['918011223344', '918011223355']) await system.simulator.addDid({ did_number });
  writeFileSync(join(home, 'key.txt'), `${system.demo.api_key}\n`);
  writeFileSync(join(home, 'numbers.csv'), printedFile());
});
afterAll(async () => {
  await system.stop();
  rmSync(home, { recursive: true, force: true });
});

// eslint-disable-next-line no-restricted-syntax -- where this machine has its programs
const { PATH = '' } = process.env;

/** In bash, in the folder with the files; of the printed line only the address is another one. */
const run = (line: string): Promise<{ readonly code: number | null; readonly output: string }> => {
  const env = {
    HOME: home,
    npm_config_prefix: home,
    npm_config_offline: 'true',
    PATH: [join(home, 'bin'), PATH].join(delimiter),
  };
  const command = line.replace(PRINTED_ADDRESS, system.gateway.url).replace('./dist', join(ROOT, 'dist'));
  const child = spawn('bash', ['-c', command], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((settle, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      settle({ code, output });
    });
  });
};

describe('the README', () => {
  it(
    'prints commands that run, in this order, and end as it says',
    explained(async () => {
      for (const { line, exits } of printedCommands()) {
        const { code, output } = await run(line);
        expect({ line, code, output }).toEqual({ line, code: exits, output });
      }
    }),
  );

  it('prints every command that there is', async () => {
    const { output } = await run(`${join(COMMANDS, 'dialtone.js')} --help`);
    const all = [...output.matchAll(/^ {2}([a-z]+(?:-[a-z]+)?)(?: [[<].*| ) /gm)].map(([, name]) => name);
    const printed = printedCommands().map(({ line }) => /(?:^|\()dialtone ([a-z-]+)/.exec(line)?.[1]);
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter((name) => name !== 'help' && !printed.includes(name))).toEqual([]);
  });
});
