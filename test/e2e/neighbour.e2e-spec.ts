import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartnerId } from '@dialtone/domain';
import { createStores, type Stores } from '@dialtone/persistence';
import { gatewayConfig, pepperedDigest, secretSealer } from '@dialtone/platform';
import { explained, startSystem, type System } from './harness';
import { request } from './harness/http';

// eslint-disable-next-line no-restricted-syntax -- a setting of the test, not of Dialtone
const { NEIGHBOUR_ROUNDS } = process.env;

/** Quiet and busy times in turns, so that what else the machine does falls on both. */
const ROUNDS = Number(NEIGHBOUR_ROUNDS ?? 1);
const QUIET_MS = 1_500;
/** Requests of one key in a minute, by default. */
const PER_MINUTE = 60;
/**
 * Of the slowest answers beside a busy partner to those without one. It is measured only when it is asked for, on a machine that
 * does nothing else: beside other tests, two runs of the same differ by a multiple.
 */
const MOST_RATIO = NEIGHBOUR_ROUNDS === undefined ? Infinity : 1.5;

const PATHS = ['/api/v2/phone-numbers?limit=10', '/api/v2/agent?limit=10', '/api/v2/telephony/connections'];

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;

describe('a neighbour of a partner that asks for all that it may', () => {
  let system: System;
  let stores: Stores;
  let greedy: ChildProcess;
  let greedyId: PartnerId;
  let neighbourId: PartnerId;
  const keys: string[] = [];
  let asked = 0;

  const partnerWithConnection = async (name: string, connections: number): Promise<[PartnerId, string]> => {
    const { id: partnerId } = await stores.partners.create(name);
    let connectionId = '';
    for (let nth = 0; nth < connections; nth += 1) {
      const place = { partnerId, provider: 'vobiz', name: `Number ${String(nth)}`, baseUrl: null } as const;
      connectionId = (await stores.connections.create({ ...place, credentials: { auth_id: 'a', auth_token: 't' } })).id;
    }
    return [partnerId, connectionId];
  };
  const keyOf = async (partnerId: PartnerId): Promise<string> => {
    const { apiKey } = await stores.apiKeys.issue(partnerId, 'test');
    system.secrets.push(apiKey);
    return apiKey;
  };
  beforeAll(async () => {
    // The limits of production.
    system = await startSystem({
      reconcilers: 0,
      brokers: null,
      // A request waits for its turn as long as the database may take: long enough for a busy machine.
      env: { RATE_LIMIT_PER_MINUTE: String(PER_MINUTE), LOG_LEVEL: 'info', DATABASE_TIMEOUT_MS: '20000' },
    });
    const { apiKeyPepper, credentialsKeys } = gatewayConfig(system.environment);
    const source = await system.database.connectAsApp(4);
    stores = createStores(source, {
      secretBox: secretSealer(credentialsKeys),
      hmac: (secret) => pepperedDigest(apiKeyPepper, secret),
    });
    let large: string;
    [greedyId, large] = await partnerWithConnection('Greedy', 99);
    [neighbourId] = await partnerWithConnection('Neighbour', 3);
    const agent = await stores.agents.create(greedyId, 'Any');
    if (agent === 'name_taken') throw new Error('The partner is new.');
    await source.query(
      `insert into phone_numbers (partner_id, connection_id, key)
       select $1, c.id, (917000000000 + nth)::text from generate_series(0, 399) nth, (
         select id, row_number() over () as place from connections where partner_id = $1) c`,
      [greedyId],
    );
    await source.query(
      `insert into dids (connection_id, key) select $1, (918000000000 + nth)::text from generate_series(1, 2000) nth`,
      [large],
    );
    await source.query(
      `insert into bindings (partner_id, connection_id, key, agent_id, mode, generation)
       select $1, $2, (918000000000 + nth)::text, $3, 'observe', 1 from generate_series(1, 2000) nth`,
      [greedyId, large, agent.id],
    );
    await source.query('analyze').catch(() => undefined);
    for (let nth = 0; nth < 24 * ROUNDS + 8; nth += 1) keys.push(await keyOf(neighbourId));
    greedy = spawn(process.execPath, [join(__dirname, 'harness', 'greedy.mjs'), system.gateway.url, large], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }, 120_000);
  afterAll(async () => {
    greedy.stdin?.end();
    await system.stop();
  });

  /** How long the neighbour waits for its answers, one after another, while `state` is not over. */
  const waits = async (state: { isOver: boolean }): Promise<readonly number[]> => {
    const times: number[] = [];
    while (!state.isOver) {
      const key = keys[Math.floor(asked / PER_MINUTE) % keys.length] ?? '';
      const path = PATHS[asked % PATHS.length] ?? '';
      asked += 1;
      const begun = performance.now();
      const { status } = await request(`${system.gateway.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
      times.push(performance.now() - begun);
      expect(status).toBe(200);
      await sleep(4);
    }
    return times;
  };
  const whileGreedy = async (): Promise<readonly number[]> => {
    const key = await keyOf(greedyId);
    const state = { isOver: false };
    const answered = once(greedy.stdout ?? process.stdin, 'data').finally(() => (state.isOver = true));
    greedy.stdin?.write(`${key}\n`);
    const times = await waits(state);
    const statuses = JSON.parse(String((await answered)[0])) as number[];
    // It is slowed down, and gets all that it may ask for.
    expect(statuses.filter((status) => status >= 400)).toEqual([]);
    return times;
  };
  const whileQuiet = async (): Promise<readonly number[]> => {
    const state = { isOver: false };
    setTimeout(() => (state.isOver = true), QUIET_MS);
    return waits(state);
  };

  it(
    'is answered, as the partner is; its slowest answers wait at most half as long again where that is measured',
    () =>
      explained(async () => {
        await whileQuiet();
        const slowest = { quiet: [] as number[], busy: [] as number[] };
        for (let round = 0; round < ROUNDS; round += 1) {
          const quiet = await whileQuiet();
          const busy = await whileGreedy();
          slowest.quiet.push(quantile(quiet, 0.99));
          slowest.busy.push(quantile(busy, 0.99));
        }
        expect(quantile(slowest.busy, 0.5) / quantile(slowest.quiet, 0.5)).toBeLessThanOrEqual(MOST_RATIO);
      })(),
    120_000,
  );
});
