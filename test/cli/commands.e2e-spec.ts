import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { eventually, explained, startSystem, type System } from '../e2e/harness';
import { BUNDLE, Cli, type Ran } from './cli';
import { findZsh } from './zsh';

// eslint-disable-next-line no-restricted-syntax -- where this machine has its programs
const { PATH = '' } = process.env;

let system: System;
let home: string;
let cli: Cli;
let client: number;
beforeAll(async () => {
  system = await startSystem({ brokers: null, env: { LOG_LEVEL: 'info' } });
  home = mkdtempSync(join(tmpdir(), 'dialtone-commands-'));
  cli = new Cli(environment());
  client = await system.simulator.addClient();
});
afterAll(async () => {
  await system.stop();
  rmSync(home, { recursive: true, force: true });
});

const environment = (): Record<string, string> => ({
  DIALTONE_ADDRESS: system.gateway.url,
  DIALTONE_API_KEY: system.demo.api_key,
  XDG_CONFIG_HOME: home,
  PATH,
});
const expectEnd = async (ran: Ran | Promise<Ran>, code: number, ...says: readonly string[]): Promise<Ran> => {
  const { stdout, stderr, code: is } = await ran;
  expect({ code: is, output: stdout + stderr }).toEqual({ code, output: stdout + stderr });
  for (const text of says) expect(stdout + stderr).toContain(text);
  return { code: is, stdout, stderr };
};
const csv = (name: string, keys: readonly string[], agent = 'Sales Agent'): string => {
  const path = join(home, name);
  writeFileSync(path, ['number,agent', ...keys.map((key) => `+${key},${agent}`), ''].join('\n'));
  return path;
};
const newKeys = (count: number): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: count }, () => system.simulator.addDid({ client_id: client })));
const declaredKeys = async (): Promise<readonly string[]> => (await system.gateway.bindings()).map(({ key }) => key);

describe('dialtone apply', () => {
  it(
    'prunes what its manager declares and the files do not name: not too much of it, and never what others declare',
    explained(async () => {
      const [ours, theirs] = [await newKeys(10), await newKeys(2)];
      const all = csv('all.csv', ours);
      await expectEnd(cli.run(['apply', '-f', all, '--manager', 'crm']), 0, 'created 10');
      await expectEnd(cli.run(['apply', '-f', csv('theirs.csv', theirs), '--manager', 'other']), 0, 'created 2');
      const apply = (keys: readonly string[], ...more: readonly string[]): Promise<Ran> =>
        cli.run(['apply', '-f', csv('fewer.csv', keys), '--manager', 'crm', '--prune', ...more]);
      await expectEnd(apply(ours.slice(5), '--yes'), 2, 'PRUNE_LIMIT_EXCEEDED', '5 of the 10 numbers');
      await expectEnd(apply(ours.slice(1)), 2, 'give --yes');
      expect((await declaredKeys()).filter((key) => ours.includes(key))).toHaveLength(10);
      await expectEnd(
        cli.run(['diff', '-f', csv('fewer.csv', ours.slice(1)), '--manager', 'crm', '--prune']),
        1,
        `- +${ours[0] ?? ''}`,
      );
      const planned = cli.run(['plan', '-f', csv('fewer.csv', ours.slice(1)), '--manager', 'crm', '--prune']);
      expect((await expectEnd(planned, 0, '1 number would be withdrawn.')).stdout).toMatch(
        new RegExp(`\\+${ours[0] ?? ''} +withdrawn`),
      );
      await expectEnd(apply(ours.slice(1), '--yes'), 0, 'withdrawn 1');
      expect((await declaredKeys()).filter((key) => [...ours, ...theirs].includes(key)).toSorted()).toEqual(
        [...ours.slice(1), ...theirs].toSorted(),
      );
      await expectEnd(
        cli.run(['apply', '-f', csv('taken.csv', theirs), '--manager', 'crm']),
        2,
        'taken.csv:2',
        'MANAGER_CONFLICT',
      );
    }),
  );

  it(
    'does exactly what was planned, or nothing once that is another thing',
    explained(async () => {
      const keys = await newKeys(3);
      const file = csv('planned.csv', keys);
      const planned = await expectEnd(cli.run(['plan', '-f', file]), 0, 'Nothing was written', 'by the rate budget');
      expect(planned.stdout.match(/created/g)).toHaveLength(keys.length);
      const [, hash = ''] = /--plan ([0-9a-f,]+)/.exec(planned.stderr) ?? [];
      await expectEnd(cli.run(['apply', '-f', csv('one.csv', keys.slice(0, 1))]), 0, 'created 1');
      await expectEnd(cli.run(['apply', '-f', file, '--plan', hash]), 2, 'PLAN_STALE');
      expect((await declaredKeys()).filter((key) => keys.includes(key))).toEqual(keys.slice(0, 1));
      await expectEnd(cli.run(['apply', '-f', file, '--plan', `${hash},${hash}`]), 2, 'plan them again');
      const again = await cli.run(['plan', '-f', file]);
      const [, fresh = ''] = /--plan ([0-9a-f,]+)/.exec(again.stderr) ?? [];
      await expectEnd(cli.run(['apply', '-f', file, '--plan', fresh]), 0, 'created 2');
    }),
  );

  it(
    'names the line of what the gateway refuses, and writes nothing of the other lines',
    explained(async () => {
      const [key = ''] = await newKeys(1);
      const path = join(home, 'refused.yaml');
      const line = `- { number: "+${key}", agent: Sales Agent }\n`;
      writeFileSync(path, `${line}- number: "+918099999999"\n  agent: Sales Agent\n  mode: sometimes\n`);
      await expectEnd(cli.run(['apply', '-f', path]), 2, 'refused.yaml:4: mode: ', 'VALIDATION_ERROR');
      expect(await declaredKeys()).not.toContain(key);
      await expectEnd(cli.run(['apply', '-f', path, '--skip-refused']), 2, 'created 1');
      expect(await declaredKeys()).toContain(key);
      writeFileSync(path, line.replace('Sales Agent', 'Nobody'));
      await expectEnd(
        cli.run(['apply', '-f', path]),
        2,
        'refused.yaml:1: agent: there is no agent "Nobody"; there are: ',
      );
    }),
  );

  it(
    'ends on Ctrl-C while it waits, says how far it came, and leaves what it declared',
    explained(async () => {
      const path = csv('never.csv', ['918077777771']);
      const running = cli.start(['apply', '-f', path, '--wait']);
      await eventually(() => {
        expect(running.stderr()).toContain('READY 0 of 1');
      });
      running.signal('SIGINT');
      await expectEnd(running.ended, 130, 'Interrupted while waiting: 0 of 1 number');
      expect(await declaredKeys()).toContain('918077777771');
      await expectEnd(cli.run(['delete', '+918077777771']), 2, 'give --yes');
      await expectEnd(cli.run(['delete', '+918077777771', '--release', 'off', '--yes']), 2, 'outbound_off');
      await expectEnd(cli.run(['delete', '+918077777771', '--release', 'keep', '--yes']), 0, 'withdrawn 1');
    }),
  );
});

describe('dialtone', () => {
  it(
    'prints the fields of the API as JSON, and numbers alone as names',
    explained(async () => {
      const [key = ''] = await newKeys(1);
      await expectEnd(cli.run(['apply', '-f', csv('one.csv', [key]), '--wait']), 0);
      const { stdout } = await expectEnd(cli.run(['get', key, '-o', 'json']), 0);
      expect(JSON.parse(stdout)).toMatchObject({
        key,
        generation: 1,
        readiness: { state: 'READY' },
        agent: { name: 'Sales Agent' },
      });
      expect((await expectEnd(cli.run(['get', `+${key}`, '-o', 'name']), 0)).stdout).toBe(`+${key}\n`);
      expect((await cli.run(['get', '--state', 'READY', '-o', 'name'])).stdout).toContain(`+${key}\n`);
      await expectEnd(cli.run(['wait', key, '--for', 'state=NO_BOT', '--timeout', '1s']), 1, `+${key}`);
      const asked = cli.run(['reconcile', '918011111111', key, '-o', 'json']);
      const due = await expectEnd(asked, 2, '918011111111: ', 'NOT_FOUND, request ');
      expect(JSON.parse(due.stdout)).toMatchObject([{ key }]);
    }),
  );

  it('says of a refused key where it came from, and of each error the request', async () => {
    const wrong = new Cli({ ...environment(), DIALTONE_API_KEY: 'rg_live_wrongwrongwrong' });
    await expectEnd(wrong.run(['get']), 2, 'UNAUTHORIZED, request ', 'came from the variable DIALTONE_API_KEY');
    await expectEnd(wrong.run(['whoami']), 2, 'UNAUTHORIZED');
    await expectEnd(wrong.run(['doctor']), 1, '✗ key');
    await expectEnd(cli.run(['describe', '918011111111']), 2, 'NOT_FOUND, request ');
  });

  it('takes a key from a pipe into a file of one person, and none as an argument', async () => {
    const { DIALTONE_API_KEY: key = '', DIALTONE_ADDRESS: address = '', ...rest } = environment();
    const fresh = new Cli({ ...rest, XDG_CONFIG_HOME: join(home, 'login') });
    await expectEnd(fresh.run(['get']), 2, 'Log in once');
    await expectEnd(fresh.run(['login', address, key]), 2, 'too many arguments');
    await expectEnd(fresh.run(['login', address], 'rg_live_wrong\n'), 2, 'UNAUTHORIZED');
    const { stdout, stderr } = await expectEnd(
      fresh.run(['login', address, '--profile', 'ops'], `${key}\n`),
      0,
      'plain text',
    );
    expect(stdout + stderr).not.toContain(key);
    await expectEnd(fresh.run(['whoami']), 0, 'the profile ops', 'accepted');
    await expectEnd(
      fresh.run(['whoami', '--address', 'http://127.0.0.1:4']),
      2,
      'There is no API key for http://127.0.0.1:4',
    );
  });

  it('ends quietly when its reader has seen enough', () => {
    const done = spawnSync(
      'bash',
      ['--norc', '-c', `set -o pipefail; "${process.execPath}" "${BUNDLE}" get --help | head -1`],
      {
        encoding: 'utf8',
        env: environment(),
      },
    );
    expect([done.status, done.stderr]).toEqual([0, '']);
  });
});

/** `dialtone` on the PATH of a shell. */
const shell = (program: string, args: readonly string[], script: string): readonly string[] => {
  const dialtone = `dialtone() { "${process.execPath}" "${BUNDLE}" "$@"; }`;
  const done = spawnSync(program, [...args, '-c', `${dialtone}\n${script}`], { encoding: 'utf8', env: environment() });
  expect(done.stderr).toBe('');
  return done.stdout.split('\n').filter((line) => line !== '');
};
const bash = (...words: readonly string[]): readonly string[] =>
  shell(
    'bash',
    ['--norc'],
    `source <(dialtone completion bash)
    COMP_WORDS=(dialtone ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${String(words.length)}
    compopt() { echo "compopt $*"; }
    _dialtone; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );

describe('completion', () => {
  it.each([
    [['des'], 'describe'],
    [['get', '--st'], '--state'],
    [['get', '--state', 'NO_B'], 'NO_BOT'],
    [['call-ready', '1', '--agent', 'Sal'], 'Sales\\ Agent'],
    [['hold', 'ack', ''], 'VoiceLink\\ simulator'],
    [['apply', '-f', ''], 'compopt -o default'],
  ])('in bash offers after %j %s', async (words, value) => {
    // On a busy machine the gateway may take longer than a shell waits.
    await eventually(() => {
      expect(bash(...words)).toContain(value);
    });
  });

  it('in bash evaluates nothing that was typed', () => {
    const file = join(home, 'evaluated');
    bash('get', `$(touch ${file})`);
    expect(spawnSync('test', ['-e', file]).status).toBe(1);
  });

  it('in zsh offers commands with what they do, and names', async () => {
    const zsh = findZsh(PATH);
    if (zsh === null) {
      process.stdout.write('Completion in zsh was not checked: this machine has no zsh, and no package of it.\n');
      return;
    }
    const offered = (...words: readonly string[]): readonly string[] =>
      shell(
        zsh.program,
        ['-f'],
        `module_path=(${zsh.modules} $module_path)
        compdef() { : }; _describe() { print -l -- $offered }; _files() { print files }
        source <(dialtone completion zsh)
        words=(dialtone ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${String(words.length + 1)}
        _dialtone`,
      );
    expect(offered('des')).toEqual([expect.stringMatching(/^describe:Tell everything/)]);
    await eventually(() => {
      expect(offered('call-ready', '1', '--agent', '')).toContain('Sales Agent:');
    });
    expect(offered('apply', '-f', '')).toEqual(['files']);
  });
});
