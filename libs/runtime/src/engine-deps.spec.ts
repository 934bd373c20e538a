import type { EngineDeps } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import { reconcilerConfig } from '@dialtone/platform';
import { engineDepsOf } from './engine-deps';

const key = Buffer.alloc(32, 7).toString('base64');
const config = reconcilerConfig({
  DATABASE_URL: 'postgres://a@127.0.0.1:1/a',
  API_KEY_PEPPER: Buffer.from(Array.from({ length: 32 }, (_, nth) => nth)).toString('base64'),
  CREDENTIALS_KEYS: `k1:${key}`,
  LEASE_TTL_MS: '45000',
  DRY_RUN: 'true',
});

/** Stores that are told apart by their names. */
const NAMED = new Proxy({}, { get: (_, name) => name }) as unknown as Stores;

describe('engineDepsOf', () => {
  const given = { accounts: 'accounts', journal: 'journal', observer: 'observer' } as unknown as EngineDeps;
  const deps = engineDepsOf(NAMED, { ...given, owner: 'me', config });

  it.each([
    { port: 'bindingQueue', store: 'bindingQueue', reason: 'not `bindings`, which the gateway declares with' },
    { port: 'connections', store: 'voiceLinkConnections', reason: 'not `connections`, which holds credentials' },
    { port: 'sweepQueue', store: 'sweepQueue', reason: 'the queue of connections' },
    { port: 'storeClock', store: 'clock', reason: "the database's time, not this process's" },
    { port: 'keyStates', store: 'keyStates', reason: 'the verdicts' },
    { port: 'phoneNumbers', store: 'phoneNumbers', reason: 'the inventory' },
    { port: 'leases', store: 'leases', reason: 'shared with other processes' },
    { port: 'listMemories', store: 'listMemories', reason: 'what lists have shown, to all processes' },
    { port: 'journal', store: 'journal', reason: 'as given: the caller meters it' },
    { port: 'accounts', store: 'accounts', reason: 'as given: the caller closes them' },
    { port: 'observer', store: 'observer', reason: 'as given' },
  ] as const)('puts `$store` behind the port `$port`: $reason', ({ port, store }) => {
    expect(deps[port]).toBe(store);
  });

  it('takes times and limits from the configuration', () => {
    expect(deps.settings).toMatchObject({ leaseTtlMs: 45_000, dryRun: true });
    expect(deps.owner).toBe('me');
  });

  it('runs on the clock of the machine', () => {
    expect(Math.abs(deps.clock.now() - Date.now())).toBeLessThan(1_000);
  });
});
