import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, explained, startSystem, type System } from '../e2e/harness';
import { Cli, type Ran } from './cli';
import { FrontDoor } from './front-door';

/** `MANY_NUMBERS=5000 npm test -- --selectProjects e2e --testPathPatterns many-numbers` is the long form. */
// eslint-disable-next-line no-restricted-syntax -- a setting of the test, not of Dialtone
const { MANY_NUMBERS, PATH = '' } = process.env;
const NUMBERS = Number(MANY_NUMBERS ?? 100);
const CLIENTS = Math.ceil(NUMBERS / 20);
/** Of the default limits nothing is changed: the rate limit, the budget of the account, the pool. */
const DEFAULTS = { RATE_LIMIT_PER_MINUTE: '60' };

let system: System;
let door: FrontDoor;
let folder: string;
let cli: Cli;
let file: string;
let agent: string;

const cliOf = (address: string, apiKey: string): Cli =>
  new Cli({ DIALTONE_ADDRESS: address, DIALTONE_API_KEY: apiKey, XDG_CONFIG_HOME: folder, PATH });

beforeAll(async () => {
  system = await startSystem({ brokers: null, env: { ...DEFAULTS, LOG_LEVEL: 'info' } });
  door = await FrontDoor.open(() => system.gateway.url);
  folder = await mkdtemp(join(tmpdir(), 'dialtone-many-'));
  file = join(folder, 'numbers.csv');
  agent = system.demo.agents[0]?.name ?? '';
  cli = cliOf(door.url, system.demo.api_key);
});
afterAll(async () => {
  await door.close();
  await system.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Numbers of VoiceLink that have nothing yet, of some clients without bots. */
const writeCsv = async (): Promise<void> => {
  const { simulator } = system;
  const clients: number[] = [];
  for (let made = 0; made < CLIENTS; made += 1) clients.push(await simulator.addClient());
  const rows: string[] = [];
  for (let index = 0; index < NUMBERS; index += 1) {
    const client = clients[index % CLIENTS] ?? 0;
    const key = await simulator.addDid(index % 2 === 0 ? {} : { client_id: client });
    rows.push(`+${key},${agent},${String(client)},"team=sales,shift=${String(index % 3)}"`);
  }
  await writeFile(file, ['number,agent,client_id,labels', ...rows, ''].join('\r\n'));
};

const said = ({ code, stdout, stderr }: Ran): string => `${String(code)}\n${stdout}${stderr}`;
const writes = async (): Promise<number> => (await system.simulator.journal()).length;

describe(`a file of ${String(NUMBERS)} numbers`, () => {
  it(
    'is declared and becomes READY while the gateway and the reconciler are killed, with progress on the way',
    explained(async () => {
      await writeCsv();
      const began = Date.now();
      const applying = cli.start(['apply', '-f', file, '--wait', '--manager', 'crm-export', '--timeout', '55m']);
      await eventually(() => {
        expect(applying.stderr()).toMatch(/checked|declared/);
      });
      await system.restartGateway();
      await eventually(async () => {
        expect(await writes()).toBeGreaterThan(10);
      });
      await system.killReconcilers();
      await system.restartGateway();
      await system.startReconciler();
      const ran = await applying.ended;
      expect(said(ran)).toMatch(/^0\n/);
      expect(ran.stdout).toBe(
        `created ${NUMBERS.toLocaleString('en-US')}, updated 0, unchanged 0, withdrawn 0, refused 0\n`,
      );
      expect(ran.stderr).toMatch(/READY \d/);
      process.stdout.write(
        `${String(NUMBERS)} numbers from a file READY in ${String(Math.round((Date.now() - began) / 1000))} s\n`,
      );
    }),
    3_600_000,
  );

  it(
    'does nothing when it is applied again: no declaration changes, and nothing is written to VoiceLink',
    explained(async () => {
      const before = [await writes(), await system.query('select max(id) as last from event_log')];
      const ran = await cli.run(['apply', '-f', file, '--wait', '--manager', 'crm-export']);
      expect(said(ran)).toMatch(/^0\n.*unchanged/);
      expect([await writes(), await system.query('select max(id) as last from event_log')]).toEqual(before);
    }),
  );

  it(
    'is exported, fits into the empty database of another system, and differs from nothing there',
    explained(async () => {
      const exported = await cli.run(['export', '-o', 'yaml']);
      expect(said(exported)).toMatch(/^0\n/);
      const other = await startSystem({ brokers: null, env: { ...DEFAULTS, LOG_LEVEL: 'info' } });
      try {
        for (let made = 0; made < CLIENTS; made += 1) await other.simulator.addClient();
        const there = cliOf(other.gateway.url, other.demo.api_key);
        expect(said(await there.run(['diff', '-f', '-'], exported.stdout))).toMatch(/^1\n/);
        expect(said(await there.run(['apply', '-f', '-'], exported.stdout))).toMatch(/^0\ncreated /);
        const diff = await there.run(['diff', '-f', '-'], exported.stdout);
        expect([diff.code, diff.stdout]).toEqual([0, '']);
        expect((await there.run(['export', '-o', 'yaml'])).stdout).toBe(exported.stdout);
      } finally {
        await other.stop();
      }
    }),
  );
});
