import type { Section } from '@dialtone/domain';
import { FIXTURE_SETTINGS, type EngineFixture, withCalls } from '@dialtone/testing';
import { didResource, sweepResource, type Leases, type Unavailable } from '..';
import { fixtureOfAllKinds, storedIn, sync } from '../../test/sync-fixture';

describe('the lease of the sweep', () => {
  const busy = { kind: 'busy', retryAfterMs: 5_000 } satisfies Unavailable;

  it('is waited for, and let go afterwards', async () => {
    const { fixture } = await fixtureOfAllKinds();
    await fixture.world.leases.acquire(sweepResource(fixture.connectionId), 'reconciler', 4_000);
    const startedAt = fixture.clock.now();
    await sync(fixture);
    expect(fixture.clock.now() - startedAt).toBeGreaterThanOrEqual(4_000);
    expect(await fixture.world.leases.acquire(sweepResource(fixture.connectionId), 'other', 1)).not.toBeNull();
  });

  it('is not waited for without end', async () => {
    const { fixture } = await fixtureOfAllKinds();
    await fixture.world.leases.acquire(sweepResource(fixture.connectionId), 'reconciler', 600_000);
    expect(await fixture.drive(fixture.provisioner().sync(fixture.connectionId, true))).toEqual(busy);
    expect(await fixture.world.phoneNumbers.rows(fixture.connectionId)).toHaveLength(7);
  });

  it('that was lost meanwhile: nothing is stored any more', async () => {
    const { fixture } = await fixtureOfAllKinds();
    const late = fixture.did('918000000008');
    const before = await storedIn(fixture);
    const list = (async (section: Section) => {
      await fixture.clock.sleep(2 * FIXTURE_SETTINGS.leaseTtlMs);
      return fixture.upstream.list(section);
    }) as EngineFixture['upstream']['list'];
    const provisioner = fixture.provisioner({
      account: withCalls(fixture.upstream, { list }),
      leases: withCalls<Leases>(fixture.world.leases, { renew: () => Promise.resolve(false) }),
    });
    expect(await fixture.drive(provisioner.sync(fixture.connectionId, true))).toEqual(busy);
    expect(await storedIn(fixture)).toEqual(before);
    expect(await fixture.world.phoneNumbers.find(fixture.connectionId, late.key)).toBeNull();
  });

  it('that was lost while it was judged: no verdict is stored any more', async () => {
    const { fixture } = await fixtureOfAllKinds();
    const { keyStates, leases } = fixture.world;
    const before = await keyStates.load(fixture.connectionId);
    const load: typeof keyStates.load = async (...input) => {
      await fixture.clock.sleep(FIXTURE_SETTINGS.leaseTtlMs);
      return keyStates.load(...input);
    };
    const provisioner = fixture.provisioner({
      keyStates: withCalls(keyStates, { load }),
      leases: withCalls<Leases>(leases, { renew: () => Promise.resolve(false) }),
    });
    expect(await fixture.drive(provisioner.sync(fixture.connectionId, true))).toEqual(busy);
    expect(await keyStates.load(fixture.connectionId)).toEqual(before);
    expect(fixture.told.swept).toEqual([]);
  });

  it('is let go when a store fails', async () => {
    const { fixture } = await fixtureOfAllKinds();
    const broken = withCalls(fixture.world.keyStates, { load: () => Promise.reject(new Error('away')) });
    const provisioner = fixture.provisioner({ keyStates: broken });
    await expect(fixture.drive(provisioner.sync(fixture.connectionId, true))).rejects.toThrow('away');
    expect(await fixture.world.leases.acquire(sweepResource(fixture.connectionId), 'other', 1)).not.toBeNull();
  });

  it('keeps a sweep away meanwhile, and does not touch DIDs that are being repaired', async () => {
    const { fixture, ready } = await fixtureOfAllKinds();
    await fixture.world.leases.acquire(didResource(fixture.connectionId, ready.key), 'reconciler', 60_000);
    const list = (async (section: Section) => {
      expect(await fixture.engine().claimSweep()).toBeNull();
      return fixture.upstream.list(section);
    }) as EngineFixture['upstream']['list'];
    const account = withCalls(fixture.upstream, { list });
    expect(await fixture.drive(fixture.provisioner({ account }).sync(fixture.connectionId, true))).toMatchObject({
      kind: 'synced',
    });
  });
});
