import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@dialtone/platform';
import { HeldResource } from '../../src/management/held-resource';
import type { GatewaySettings } from '../../src/outside/tokens';
import { MemoryLeases } from '../memory-leases';

const TTL_MS = 600;

describe('what a write holds', () => {
  it('stays held for as long as the write takes, and not longer', async () => {
    const leases = new MemoryLeases();
    const settings = { leaseTtlMs: TTL_MS } as GatewaySettings;
    const held = new HeldResource(leases, settings, createLogger({ name: 'test', level: 'silent' }));
    const holds = await held.during('did:x', async (lease) => {
      await sleep(2 * TTL_MS);
      return leases.holds(lease);
    });
    expect([holds, leases.isHeld('did:x')]).toEqual([true, false]);
  });
});
