import type { MakeStoreHarness, StoreHarness } from '../harness';
import { freshHarness, LONG_MS, present } from './fixtures';

/** The contract of the engine's Leases; every form of it passes the same tests. */
export const describeLeases = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as Leases`, () => {
    const harness = freshHarness(make);
    describeHolding(harness);
    describeExpiry(harness);
  });
};

const describeHolding = (harness: () => StoreHarness): void => {
  it('gives a resource to one holder, and to nobody else, not even to the same owner again', async () => {
    const { leases } = harness().stores;
    expect(await leases.acquire('did:1', 'a', LONG_MS)).toMatchObject({ resource: 'did:1', owner: 'a' });
    expect(await leases.acquire('did:1', 'b', LONG_MS)).toBeNull();
    expect(await leases.acquire('did:1', 'a', LONG_MS)).toBeNull();
    expect(await leases.acquire('did:2', 'b', LONG_MS)).not.toBeNull();
  });

  it('lets exactly one of many win', async () => {
    const { leases } = harness().stores;
    const all = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((owner) => leases.acquire('did:1', owner, LONG_MS)),
    );
    expect(all.filter((lease) => lease !== null)).toHaveLength(1);
  });

  it('gives or refuses each of several that are asked for at once by itself, and one that is asked for twice once', async () => {
    const { leases } = harness().stores;
    const held = present(await leases.acquire('client-bots:c/2', 'b', LONG_MS));
    const names = ['client-bots:c/3', 'client-bots:c/2', 'client-bots:c/1', 'client-bots:c/3'];
    const got = await Promise.all(names.map((name) => leases.acquire(name, 'a', LONG_MS)));
    const given = got.filter((lease) => lease !== null);
    expect(given).toHaveLength(2);
    expect(new Set(given.map(({ resource }) => resource))).toEqual(new Set(['client-bots:c/1', 'client-bots:c/3']));
    expect(new Set([held, ...given].map(({ epoch }) => epoch)).size).toBe(3);
    await Promise.all(given.map((lease) => leases.release(lease)));
    expect(await leases.acquire('client-bots:c/1', 'b', LONG_MS)).not.toBeNull();
    expect(await leases.acquire('client-bots:c/3', 'b', LONG_MS)).not.toBeNull();
    expect(await leases.renew(held, LONG_MS)).toBe(true);
  });

  it('frees a released resource; releasing again does nothing to the next holder', async () => {
    const { leases } = harness().stores;
    const first = present(await leases.acquire('did:1', 'a', LONG_MS));
    await leases.release(first);
    const second = present(await leases.acquire('did:1', 'a', LONG_MS));
    await leases.release(first);
    expect(await leases.renew(first, LONG_MS)).toBe(false);
    expect(await leases.renew(second, LONG_MS)).toBe(true);
    expect(await leases.acquire('did:1', 'b', LONG_MS)).toBeNull();
  });

  it('raises the epoch with every acquisition of any resource', async () => {
    const { leases } = harness().stores;
    const epochs: bigint[] = [];
    for (const resource of ['did:1', 'did:2', 'did:1', 'sweep:1', 'did:1']) {
      const lease = present(await leases.acquire(resource, 'a', LONG_MS));
      epochs.push(lease.epoch);
      await leases.release(lease);
    }
    expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => Number(a - b)));
  });
};

const describeExpiry = (harness: () => StoreHarness): void => {
  it('ends a lease by the clock of the store; who lost it can neither renew nor release it', async () => {
    const { stores, wait } = harness();
    const first = present(await stores.leases.acquire('did:1', 'a', 50));
    await wait(100);
    expect(await stores.leases.renew(first, LONG_MS)).toBe(false);
    const second = present(await stores.leases.acquire('did:1', 'b', LONG_MS));
    expect(second.epoch).toBeGreaterThan(first.epoch);
    await stores.leases.release(first);
    expect(await stores.leases.acquire('did:1', 'c', LONG_MS)).toBeNull();
  });

  it('counts a renewed lease from the renewal', async () => {
    const { stores, wait } = harness();
    const lease = present(await stores.leases.acquire('did:1', 'a', 400));
    await wait(50);
    expect(await stores.leases.renew(lease, LONG_MS)).toBe(true);
    await wait(450);
    expect(await stores.leases.acquire('did:1', 'b', LONG_MS)).toBeNull();
    expect(await stores.leases.renew(lease, LONG_MS)).toBe(true);
  });

  it('says when a lease ends, in time of the store', async () => {
    const { stores } = harness();
    const before = await stores.storeClock.time();
    const lease = present(await stores.leases.acquire('did:1', 'a', LONG_MS));
    const after = await stores.storeClock.time();
    expect(lease.expiresAt).toBeGreaterThanOrEqual(before + LONG_MS);
    expect(lease.expiresAt).toBeLessThanOrEqual(after + LONG_MS + 1);
  });
};
