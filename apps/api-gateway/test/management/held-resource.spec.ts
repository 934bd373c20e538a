import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease, Leases } from '@dialtone/engine';
import { createLogger } from '@dialtone/platform';
import { InMemoryLeases, Tables } from '@dialtone/testing';
import { HeldResource } from '../../src/management/held-resource';
import type { GatewaySettings } from '../../src/outside/tokens';

/** A lease is renewed several times in it: a busy machine may miss a turn. */
const TTL_MS = 1_500;

describe('what a write holds', () => {
  it('stays held for as long as the write takes, and not longer', async () => {
    const tables = new Tables({ now: () => Date.now() });
    const settings = { leaseTtlMs: TTL_MS } as GatewaySettings;
    const held = new HeldResource(
      new InMemoryLeases(tables),
      settings,
      createLogger({ name: 'test', level: 'silent' }),
    );
    const holds = await held.during('did:x', async (lease) => {
      await sleep(2 * TTL_MS);
      return tables.holds(lease);
    });
    expect([holds, tables.isHeld('did:x')]).toEqual([true, false]);
  });

  it('tells the write when the lease is lost', async () => {
    const lease: Lease = { resource: 'did:x', owner: 'gateway', epoch: 1n, expiresAt: 0 };
    const leases: Leases = {
      acquire: () => Promise.resolve(lease),
      renew: () => Promise.resolve(false),
      release: () => Promise.resolve(),
    };
    const settings = { leaseTtlMs: TTL_MS } as GatewaySettings;
    const held = new HeldResource(leases, settings, createLogger({ name: 'test', level: 'silent' }));
    const seen = await held.during('did:x', async (_, lost) => {
      const before = lost.aborted;
      await sleep(TTL_MS / 2);
      return [before, lost.aborted];
    });
    expect(seen).toEqual([false, true]);
  });
});
