import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createStores, type Stores } from '@dialtone/persistence';
import { gatewayConfig, pepperedDigest, secretSealer } from '@dialtone/platform';
import { explained, startSystem, type System } from './harness';
import { deployedOptions } from './harness/deployed-options';
import { request } from './harness/http';
import { residentMemory } from './harness/measured';

const FLOOD_MS = 5_000;
/** Until a flood is under way. */
const RISE_MS = 1_500;
const NEW_KEYS = 5;
const MEGABYTE = 1024 * 1024;
/** Over the memory that the gateway has when nothing happens. */
const MAX_GROWTH = 100 * MEGABYTE;
const MAX_WAIT_MS = 1_000;
/** Attacks of a kind, of which one must show that nobody waits longer. */
const TRIES = 4;
const AGENTS = '/api/v2/agent';

interface Flood {
  readonly connections: number;
  readonly sent: number;
}

interface Asked {
  readonly who: 'new key' | 'known key' | 'health';
  readonly status: number;
  readonly ms: number;
}

/** Strangers in a process of their own: their work must not count as the gateway's. */
const flood = async (attack: string, url: string): Promise<Flood> => {
  const program = join(__dirname, 'harness', 'flood.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, attack, url, String(FLOOD_MS)]);
  return JSON.parse(stdout) as Flood;
};

describe('strangers in front of a real gateway', () => {
  let system: System;
  let stores: Stores;
  beforeAll(async () => {
    system = await startSystem({ reconcilers: 0, brokers: null, env: { NODE_OPTIONS: deployedOptions() } });
    const { apiKeyPepper, credentialsKeys } = gatewayConfig(system.environment);
    stores = createStores(await system.database.connectAsApp(2), {
      secretBox: secretSealer(credentialsKeys),
      hmac: (secret) => pepperedDigest(apiKeyPepper, secret),
    });
  });
  afterAll(() => system.stop());

  const newKey = async (): Promise<string> => {
    const partner = await stores.partners.findByName('Demo partner');
    if (partner === null) throw new Error('There is no partner.');
    const { apiKey } = await stores.apiKeys.issue(partner.id, 'new');
    system.secrets.push(apiKey);
    return apiKey;
  };
  const ask = async (who: Asked['who'], path: string, apiKey?: string): Promise<Asked> => {
    const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const begun = performance.now();
    const { status } = await request(`${system.gateway.url}${path}`, { headers });
    return { who, status, ms: performance.now() - begun };
  };

  /** How long each that is no stranger waited during one attack. */
  const attackedBy = async (attack: string): Promise<readonly Asked[]> => {
    const known = await newKey();
    await ask('known key', AGENTS, known);
    const keys = await Promise.all(Array.from({ length: NEW_KEYS }, newKey));
    const idle = await residentMemory(system);
    const sizes: number[] = [];
    const asked: Asked[] = [];
    const state = { isOver: false };
    const flooded = flood(attack, system.gateway.url).finally(() => (state.isOver = true));
    await sleep(RISE_MS);
    while (!state.isOver) {
      const key = keys.pop();
      if (key !== undefined) asked.push(await ask('new key', AGENTS, key));
      asked.push(await ask('known key', AGENTS, known), await ask('health', '/health/ready'));
      sizes.push(await residentMemory(system));
    }
    expect(keys.length).toBeLessThan(NEW_KEYS);
    expect((await flooded).sent).toBeGreaterThan(1_000);
    expect(asked.filter(({ status }) => status !== 200)).toEqual([]);
    expect(Math.max(...sizes) - idle).toBeLessThan(MAX_GROWTH);
    return asked;
  };

  it.each(['guesses', 'connections', 'hangups', 'silent'])(
    'cost little more than their sockets, and nobody else waits for them: %s',
    (attack) =>
      explained(async () => {
        let longest = Number.POSITIVE_INFINITY;
        // Other tests use the same processors, and only add.
        for (let tries = 0; tries < TRIES && longest >= MAX_WAIT_MS; tries += 1) {
          const asked = await attackedBy(attack);
          longest = Math.min(longest, Math.max(...asked.map(({ ms }) => ms)));
        }
        expect(longest).toBeLessThan(MAX_WAIT_MS);
      })(),
  );
});
