import type { Section } from '@dialtone/domain';
import { type EngineFixture, withCalls } from '@dialtone/testing';
import { CONFIRM_MS } from './run-sweep';
import { fixtureOfAllKinds, stateOf, sync, viewOf } from '../../test/sync-fixture';

describe('something that is missing', () => {
  const dids = (fixture: EngineFixture, onList: (nth: number) => void) => {
    let nth = 0;
    const list = (async (section: Section) => {
      nth += section === 'dids' ? 1 : 0;
      if (section === 'dids') onList(nth);
      return fixture.upstream.list(section);
    }) as EngineFixture['upstream']['list'];
    return withCalls(fixture.upstream, { list });
  };

  it('is looked for in a second listing before it is said to be gone', async () => {
    const { fixture, gone } = await fixtureOfAllKinds();
    let listed = 0;
    const provisioner = fixture.provisioner({ account: dids(fixture, (nth) => (listed = nth)) });
    const view = viewOf(await fixture.drive(provisioner.sync(fixture.connectionId, true)));
    expect(listed).toBe(2);
    expect(view.keys.map(stateOf).at(-1)).toEqual([gone.key, 'REMOTE_DID_DELETED']);
    expect(await fixture.stored(gone.key)).toMatchObject({ state: 'REMOTE_DID_DELETED', stale: false });
    expect(fixture.told.swept.at(-1)).toMatchObject({ warnings: [] });
  });

  it('needs no second listing when it was gone before', async () => {
    const { fixture } = await fixtureOfAllKinds();
    await sync(fixture);
    let listed = 0;
    const provisioner = fixture.provisioner({ account: dids(fixture, (nth) => (listed = nth)) });
    await fixture.drive(provisioner.sync(fixture.connectionId, true));
    expect(listed).toBe(1);
  });

  it('is not said to be gone when the second listing has it again', async () => {
    const { fixture, ready } = await fixtureOfAllKinds();
    await sync(fixture);
    const did = fixture.remote.dids.get(ready.didId);
    const routing = fixture.remote.routings.get(ready.didId);
    if (did === undefined || routing === undefined) throw new Error('nothing is there');
    const account = dids(fixture, (nth) => {
      if (nth === 1) fixture.remote.dids.delete(did.didId);
      else fixture.remote.dids.set(did.didId, did);
    });
    const view = viewOf(await fixture.drive(fixture.provisioner({ account }).sync(fixture.connectionId, true)));
    expect(view.keys.map(stateOf)[0]).toEqual([ready.key, 'READY']);
    expect(view.warnings).toEqual([]);
  });

  it.each([
    ['fails', 'fail', 'FETCH_FAILED'],
    ['is cut', 'truncate', 'TRUNCATED'],
  ] as const)('is left open with a warning when the second listing %s', async (_, kind, code) => {
    const { fixture, ready, gone } = await fixtureOfAllKinds();
    const account = dids(fixture, (nth) => {
      if (nth === 2) fixture.upstream.inject({ on: 'dids', kind });
    });
    const view = viewOf(await fixture.drive(fixture.provisioner({ account }).sync(fixture.connectionId, true)));
    expect(view.keys.map(stateOf)[0]).toEqual([ready.key, 'READY']);
    expect(view.keys.map(stateOf).at(-1)).toEqual([gone.key, 'UNKNOWN']);
    expect(view.warnings).toMatchObject([{ section: 'dids', code }]);
    expect(view.snapshot.dids.status).toBe('complete');
    // The next sweep settles it, and comes soon for that.
    await fixture.clock.advance(CONFIRM_MS);
    expect(await fixture.engine().claimSweep()).not.toBeNull();
  });

  it('is looked for once more when the second listing misses something else: three agree on nothing that is gone', async () => {
    const { fixture, ready, noBot } = await fixtureOfAllKinds();
    await sync(fixture);
    let listed = 0;
    const hidden = [ready.didId, noBot.didId];
    const rows = new Map(fixture.remote.dids);
    const account = dids(fixture, (nth) => {
      listed = nth;
      for (const [id, row] of rows) fixture.remote.dids.set(id, row);
      fixture.remote.dids.delete(hidden[nth - 1] ?? 0);
    });
    const view = viewOf(await fixture.drive(fixture.provisioner({ account }).sync(fixture.connectionId, true)));
    expect(listed).toBe(3);
    expect(view.warnings).toEqual([]);
    expect(view.keys.slice(0, 2).map(({ readiness }) => readiness.state)).toEqual(['READY', 'NO_BOT']);
  });

  it('is looked for once more when only the first listing had it, though nothing is stored of it, and then not shown', async () => {
    const { fixture } = await fixtureOfAllKinds();
    const late = fixture.did('918000000008');
    let listed = 0;
    const account = dids(fixture, (nth) => {
      listed = nth;
      if (nth === 2) fixture.remote.deleteDid(late.didId);
    });
    const view = viewOf(await fixture.drive(fixture.provisioner({ account }).sync(fixture.connectionId, false)));
    expect(listed).toBe(3);
    expect(view.keys.map(({ readiness }) => readiness.key)).not.toContain(late.key);
    expect(view.warnings).toEqual([]);
  });

  it('is left open with a warning while rows come and go with every listing', async () => {
    const { fixture } = await fixtureOfAllKinds();
    const rows = [...fixture.remote.dids.values()];
    const account = dids(fixture, (nth) => {
      fixture.remote.dids.clear();
      for (const row of rows.filter((_, index) => (index + nth) % 2 === 0)) fixture.remote.dids.set(row.didId, row);
    });
    await sync(fixture);
    const view = viewOf(await fixture.drive(fixture.provisioner({ account }).sync(fixture.connectionId, false)));
    expect(view.warnings.map(({ section, code }) => `${section} ${code}`)).toContain('dids TRUNCATED');
    expect(view.keys.filter(({ readiness }) => readiness.state === 'REMOTE_DID_DELETED')).toHaveLength(1);
  });
});
