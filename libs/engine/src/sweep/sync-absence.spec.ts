import type { Section } from '@dialtone/domain';
import { type EngineBed, withCalls } from '@dialtone/testing';
import { CONFIRM_MS } from './run-sweep';
import { bedOfAllKinds, stateOf, sync, viewOf } from '../../test/sync-bed';

describe('something that is missing', () => {
  const dids = (bed: EngineBed, onList: (nth: number) => void) => {
    let nth = 0;
    const list = (async (section: Section) => {
      nth += section === 'dids' ? 1 : 0;
      if (section === 'dids') onList(nth);
      return bed.upstream.list(section);
    }) as EngineBed['upstream']['list'];
    return withCalls(bed.upstream, { list });
  };

  it('is looked for in a second listing before it is said to be gone', async () => {
    const { bed, gone } = await bedOfAllKinds();
    let listed = 0;
    const provisioner = bed.provisioner({ account: dids(bed, (nth) => (listed = nth)) });
    const view = viewOf(await bed.drive(provisioner.sync(bed.connectionId, true)));
    expect(listed).toBe(2);
    expect(view.keys.map(stateOf).at(-1)).toEqual([gone.key, 'REMOTE_DID_DELETED']);
    expect(await bed.stored(gone.key)).toMatchObject({ state: 'REMOTE_DID_DELETED', stale: false });
    expect(bed.told.swept.at(-1)).toMatchObject({ warnings: [] });
  });

  it('needs no second listing when it was gone before', async () => {
    const { bed } = await bedOfAllKinds();
    await sync(bed);
    let listed = 0;
    const provisioner = bed.provisioner({ account: dids(bed, (nth) => (listed = nth)) });
    await bed.drive(provisioner.sync(bed.connectionId, true));
    expect(listed).toBe(1);
  });

  it('is not said to be gone when the second listing has it again', async () => {
    const { bed, ready } = await bedOfAllKinds();
    await sync(bed);
    const did = bed.remote.dids.get(ready.didId);
    const routing = bed.remote.routings.get(ready.didId);
    if (did === undefined || routing === undefined) throw new Error('nothing is there');
    const account = dids(bed, (nth) => {
      if (nth === 1) bed.remote.dids.delete(did.didId);
      else bed.remote.dids.set(did.didId, did);
    });
    const view = viewOf(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, true)));
    expect(view.keys.map(stateOf)[0]).toEqual([ready.key, 'READY']);
    expect(view.warnings).toEqual([]);
  });

  it.each([
    ['fails', 'fail', 'FETCH_FAILED'],
    ['is cut', 'truncate', 'TRUNCATED'],
  ] as const)('is left open with a warning when the second listing %s', async (_, kind, code) => {
    const { bed, ready, gone } = await bedOfAllKinds();
    const account = dids(bed, (nth) => {
      if (nth === 2) bed.upstream.inject({ on: 'dids', kind });
    });
    const view = viewOf(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, true)));
    expect(view.keys.map(stateOf)[0]).toEqual([ready.key, 'READY']);
    expect(view.keys.map(stateOf).at(-1)).toEqual([gone.key, 'UNKNOWN']);
    expect(view.warnings).toMatchObject([{ section: 'dids', code }]);
    expect(view.snapshot.dids.status).toBe('complete');
    // The next sweep settles it, and comes soon for that.
    await bed.clock.advance(CONFIRM_MS);
    expect(await bed.engine().claimSweep()).not.toBeNull();
  });

  it('is looked for once more when the second listing misses something else: three agree on nothing that is gone', async () => {
    const { bed, ready, noBot } = await bedOfAllKinds();
    await sync(bed);
    let listed = 0;
    const hidden = [ready.didId, noBot.didId];
    const rows = new Map(bed.remote.dids);
    const account = dids(bed, (nth) => {
      listed = nth;
      for (const [id, row] of rows) bed.remote.dids.set(id, row);
      bed.remote.dids.delete(hidden[nth - 1] ?? 0);
    });
    const view = viewOf(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, true)));
    expect(listed).toBe(3);
    expect(view.warnings).toEqual([]);
    expect(view.keys.slice(0, 2).map(({ readiness }) => readiness.state)).toEqual(['READY', 'NO_BOT']);
  });

  it('is looked for once more when only the first listing had it, though nothing is stored of it, and then not shown', async () => {
    const { bed } = await bedOfAllKinds();
    const late = bed.did('918000000008');
    let listed = 0;
    const account = dids(bed, (nth) => {
      listed = nth;
      if (nth === 2) bed.remote.deleteDid(late.didId);
    });
    const view = viewOf(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, false)));
    expect(listed).toBe(3);
    expect(view.keys.map(({ readiness }) => readiness.key)).not.toContain(late.key);
    expect(view.warnings).toEqual([]);
  });

  it('is left open with a warning while rows come and go with every listing', async () => {
    const { bed } = await bedOfAllKinds();
    const rows = [...bed.remote.dids.values()];
    const account = dids(bed, (nth) => {
      bed.remote.dids.clear();
      for (const row of rows.filter((_, index) => (index + nth) % 2 === 0)) bed.remote.dids.set(row.didId, row);
    });
    await sync(bed);
    const view = viewOf(await bed.drive(bed.provisioner({ account }).sync(bed.connectionId, false)));
    expect(view.warnings.map(({ section, code }) => `${section} ${code}`)).toContain('dids TRUNCATED');
    expect(view.keys.filter(({ readiness }) => readiness.state === 'REMOTE_DID_DELETED')).toHaveLength(1);
  });
});
