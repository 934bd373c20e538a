import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deployedOptions } from './harness/deployed-options';
import { explained, startSystem, type System } from './harness';
import { request } from './harness/http';
import { quantile, residentMemory, told } from './harness/measured';

// eslint-disable-next-line no-restricted-syntax -- a setting of the test, not of Dialtone
const { STREAMS } = process.env;

/** Where their number is asked for, the slowest answers are judged, on a machine that does nothing else; beside other tests the median is. */
const isMeasured = STREAMS !== undefined;
const COUNT = Number(STREAMS ?? 200);
const JUDGED = isMeasured ? 0.99 : 0.5;
const MOST_RATIO = isMeasured ? 1.2 : 2;
const MOST_BYTES = 64 * 1024;
/** What the first requests of a process leave in it, which a thousand streams share. */
const WARM_UP_BYTES = isMeasured ? 0 : 16 * 1024 * 1024;
const FEWEST_ROUNDS = isMeasured ? 6 : 2;
const MOST_ROUNDS = 8;
const ASKED = isMeasured ? 1_000 : 100;
/** Between two requests. */
const REST_MS = 2;
const PATH = '/api/v2/agent?limit=10';

describe('streams on which nothing happens', () => {
  let system: System;
  let clients: ChildProcess;
  beforeAll(async () => {
    system = await startSystem({
      reconcilers: 0,
      brokers: null,
      env: { LOG_LEVEL: 'info', NODE_OPTIONS: deployedOptions() },
    });
    const { url, apiKey } = system.gateway;
    clients = spawn(process.execPath, [join(__dirname, 'harness', 'streams.mjs'), url, apiKey], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  });
  afterAll(async () => {
    clients.stdin?.end();
    await system.stop();
  });

  const open = async (count: number): Promise<void> => {
    const answered = once(clients.stdout ?? process.stdin, 'data');
    clients.stdin?.write(`${String(count)}\n`);
    const [text] = (await answered) as [Buffer];
    expect(Number(String(text))).toBe(count);
  };
  const waits = async (): Promise<readonly number[]> => {
    const times: number[] = [];
    const headers = { authorization: `Bearer ${system.gateway.apiKey}` };
    for (let asked = 0; asked < ASKED; asked += 1) {
      const begun = performance.now();
      const { status } = await request(`${system.gateway.url}${PATH}`, { headers });
      times.push(performance.now() - begun);
      expect(status).toBe(200);
      await sleep(REST_MS);
    }
    return times;
  };

  it(
    'cost little memory each and leave the answers to others as fast as they were',
    explained(async () => {
      const waited = { without: [] as number[], beside: [] as number[] };
      const grown: number[] = [];
      const ratio = (): number => quantile(waited.beside, JUDGED) / quantile(waited.without, JUDGED);
      await waits();
      for (let done = 0; done < MOST_ROUNDS && (done < FEWEST_ROUNDS || ratio() > MOST_RATIO); done += 1) {
        waited.without.push(...(await waits()));
        const before = await residentMemory(system);
        await open(COUNT);
        waited.beside.push(...(await waits()));
        grown.push(((await residentMemory(system)) - before) / COUNT);
        await open(0);
      }
      if (isMeasured) {
        process.stdout.write(told(waited));
        process.stdout.write(
          `${String(COUNT)} streams: ${grown.map((bytes) => (bytes / 1024).toFixed(1)).join(', ')} KiB each\n`,
        );
      }
      expect(ratio()).toBeLessThanOrEqual(MOST_RATIO);
      expect(Math.max(...grown)).toBeLessThanOrEqual(MOST_BYTES + WARM_UP_BYTES / COUNT);
    }),
    300_000,
  );
});
