import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@dialtone/platform';
import { InMemoryLeases, Tables } from '@dialtone/testing';
import { HeldResource } from '../../src/management/held-resource';
import type { GatewaySettings } from '../../src/outside/tokens';

const TTL_MS = 600;

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
});
