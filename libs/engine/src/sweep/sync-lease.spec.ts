import type { Section } from '@dialtone/domain';
import { BED_SETTINGS, type EngineBed, withCalls } from '@dialtone/testing';
import { didResource, sweepResource, type Leases, type Unavailable } from '..';
import { bedOfAllKinds, storedIn, sync } from '../../test/sync-bed';

describe('the lease of the sweep', () => {
  const busy = { kind: 'busy', retryAfterMs: 5_000 } satisfies Unavailable;

  it('is waited for, and let go afterwards', async () => {
    const { bed } = await bedOfAllKinds();
    await bed.world.leases.acquire(sweepResource(bed.connectionId), 'reconciler', 4_000);
    const startedAt = bed.clock.now();
    await sync(bed);
    expect(bed.clock.now() - startedAt).toBeGreaterThanOrEqual(4_000);
    expect(await bed.world.leases.acquire(sweepResource(bed.connectionId), 'other', 1)).not.toBeNull();
  });

  it('is not waited for without end', async () => {
    const { bed } = await bedOfAllKinds();
    await bed.world.leases.acquire(sweepResource(bed.connectionId), 'reconciler', 600_000);
    expect(await bed.drive(bed.provisioner().sync(bed.connectionId, true))).toEqual(busy);
    expect(await bed.world.phoneNumbers.rows(bed.connectionId)).toHaveLength(7);
  });

  it('that was lost meanwhile: nothing is stored any more', async () => {
    const { bed } = await bedOfAllKinds();
    const late = bed.did('918000000008');
    const before = await storedIn(bed);
    const list = (async (section: Section) => {
      await bed.clock.sleep(2 * BED_SETTINGS.leaseTtlMs);
      return bed.upstream.list(section);
    }) as EngineBed['upstream']['list'];
    const provisioner = bed.provisioner({
      account: withCalls(bed.upstream, { list }),
      leases: withCalls<Leases>(bed.world.leases, { renew: () => Promise.resolve(false) }),
    });
    expect(await bed.drive(provisioner.sync(bed.connectionId, true))).toEqual(busy);
    expect(await storedIn(bed)).toEqual(before);
    expect(await bed.world.phoneNumbers.find(bed.connectionId, late.key)).toBeNull();
  });

  it('that was lost while it was judged: no verdict is stored any more', async () => {
    const { bed } = await bedOfAllKinds();
    const { keyStates, leases } = bed.world;
    const before = await keyStates.load(bed.connectionId);
    const load: typeof keyStates.load = async (...input) => {
      await bed.clock.sleep(BED_SETTINGS.leaseTtlMs);
      return keyStates.load(...input);
    };
    const provisioner = bed.provisioner({
      keyStates: withCalls(keyStates, { load }),
      leases: withCalls<Leases>(leases, { renew: () => Promise.resolve(false) }),
    });
    expect(await bed.drive(provisioner.sync(bed.connectionId, true))).toEqual(busy);
    expect(await keyStates.load(bed.connectionId)).toEqual(before);
    expect(bed.told.swept).toEqual([]);
  });

  it('is let go when a store fails', async () => {
    const { bed } = await bedOfAllKinds();
    const broken = withCalls(bed.world.keyStates, { load: () => Promise.reject(new Error('away')) });
    const provisioner = bed.provisioner({ keyStates: broken });
    await expect(bed.drive(provisioner.sync(bed.connectionId, true))).rejects.toThrow('away');
    expect(await bed.world.leases.acquire(sweepResource(bed.connectionId), 'other', 1)).not.toBeNull();
  });

  it('keeps a sweep away meanwhile, and does not touch DIDs that are being repaired', async () => {
    const { bed, ready } = await bedOfAllKinds();
    await bed.world.leases.acquire(didResource(bed.connectionId, ready.key), 'reconciler', 60_000);
    const list = (async (section: Section) => {
      expect(await bed.engine().claimSweep()).toBeNull();
      return bed.upstream.list(section);
    }) as EngineBed['upstream']['list'];
    const account = withCalls(bed.upstream, { list });
    expect(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, true))).toMatchObject({
      kind: 'synced',
    });
  });
});
