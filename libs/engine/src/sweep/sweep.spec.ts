import { SECTIONS } from '@dialtone/domain';
import { BED_SETTINGS, EngineBed } from '@dialtone/testing';
import { readyBed } from '../../test/ready-bed';
import type { Engine } from '../loops/engine';

const { sweepIntervalMs } = BED_SETTINGS;

const nextSweepInMs = async (bed: EngineBed, engine: Engine): Promise<number> => {
  const from = bed.clock.now();
  for (let waited = 0; waited <= 2 * sweepIntervalMs; waited += 100) {
    if (await bed.drive(engine.sweepOnce())) return bed.clock.now() - from;
    await bed.clock.advance(100);
  }
  throw new Error('no sweep came');
};

describe('a sweep', () => {
  it('judges every key that VoiceLink lists, declared or not, and says what is wrong with each', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const free = bed.did('918000000001');
    const mappedDid = bed.did('918000000002', { clientId: client.id });
    await bed.sweep(bed.engine());
    expect(await bed.stored(free.key)).toMatchObject({ state: 'NOT_IMPORTED', declared: null });
    expect(await bed.stored(mappedDid.key)).toMatchObject({ state: 'NOT_IMPORTED' });
    expect(bed.told.swept).toMatchObject([{ keys: 2, changed: 2, warnings: [], held: null }]);
    expect(bed.eventTypes(free.key)).toEqual(['dialtone.readiness.changed.v1', 'dialtone.drift.detected.v1']);
  });

  it('writes nothing when nothing has changed', async () => {
    const { bed, engine } = await readyBed(5);
    const events = bed.world.events.length;
    await bed.sweep(engine);
    expect(bed.told.swept.at(-1)).toMatchObject({ keys: 5, changed: 0 });
    expect(bed.world.events).toHaveLength(events);
  });

  it('makes exactly the bound keys due whose verdict has changed', async () => {
    const { bed, engine, dids } = await readyBed(3);
    const unbound = bed.did('918111111111');
    const [broken] = dids;
    if (broken === undefined) throw new Error('no DID');
    bed.remote.editRouting(broken.didId, { outboundBotId: null, forOutboundCall: 4 });
    await bed.sweep(engine);
    expect((await engine.claim(10)).map(({ binding }) => binding.key)).toEqual([broken.key]);
    expect((await bed.stored(unbound.key)).state).toBe('NOT_IMPORTED');
  });

  it('finds a drift, has it repaired, and tells both once', async () => {
    const { bed, engine, dids } = await readyBed(2);
    const [broken] = dids;
    if (broken === undefined) throw new Error('no DID');
    bed.remote.editRouting(broken.didId, { outboundBotId: null, forOutboundCall: 4 });
    const before = bed.eventTypes(broken.key).length;
    await bed.run(engine, 3 * sweepIntervalMs);
    const drift = bed
      .eventTypes(broken.key)
      .slice(before)
      .filter((type) => type.startsWith('dialtone.drift'));
    expect(drift).toEqual(['dialtone.drift.detected.v1', 'dialtone.drift.resolved.v1']);
  });

  it('schedules the next one an interval later, give or take a tenth', async () => {
    const { bed, engine } = await readyBed(1);
    const waited = await nextSweepInMs(bed, engine);
    expect(waited).toBeGreaterThanOrEqual(0.9 * sweepIntervalMs - 100);
    expect(waited).toBeLessThanOrEqual(1.1 * sweepIntervalMs + 100);
  });
});

describe('something that is missing', () => {
  it('is believed after the second complete listing, which comes soon', async () => {
    const { bed, engine, dids } = await readyBed(2);
    const [gone] = dids;
    if (gone === undefined) throw new Error('no DID');
    bed.remote.deleteDid(gone.didId);
    await bed.sweep(engine);
    expect(await bed.stored(gone.key)).toMatchObject({ state: 'READY', stale: true });
    expect(await engine.claim(10)).toEqual([]);
    expect(await nextSweepInMs(bed, engine)).toBeLessThanOrEqual(1_100);
    expect(await bed.stored(gone.key)).toMatchObject({ state: 'REMOTE_DID_DELETED', stale: false });
  });

  it('once, because the list shifted while it was paged, changes nothing', async () => {
    const { bed, engine, dids } = await readyBed(2);
    const [hidden] = dids;
    const routing = hidden && bed.remote.routings.get(hidden.didId);
    if (hidden === undefined || routing === undefined) throw new Error('no routing');
    const events = bed.world.events.length;
    bed.remote.deleteRouting(hidden.didId);
    await bed.sweep(engine);
    bed.remote.routings.set(hidden.didId, routing);
    await bed.sweep(engine);
    expect(await bed.stored(hidden.key)).toMatchObject({ state: 'READY', stale: false });
    expect(bed.world.events).toHaveLength(events);
  });

  it('does not make an ailing VoiceLink be listed every second while it cannot be confirmed', async () => {
    const { bed, engine, dids } = await readyBed(2);
    const [gone] = dids;
    if (gone === undefined) throw new Error('no DID');
    bed.remote.deleteDid(gone.didId);
    await bed.sweep(engine);
    bed.upstream.inject({ on: 'dids', kind: 'fail', times: Infinity });
    expect(await nextSweepInMs(bed, engine)).toBeLessThanOrEqual(1_100);
    expect(await nextSweepInMs(bed, engine)).toBeGreaterThan(0.8 * sweepIntervalMs);
    bed.upstream.faults.clear();
    await bed.sweep(engine);
    expect((await bed.stored(gone.key)).state).toBe('REMOTE_DID_DELETED');
  });
});

describe('a list that is not complete', () => {
  it('makes verdicts stale, says which list, and derives nothing', async () => {
    const { bed, engine, bot, dids } = await readyBed(3);
    const events = bed.world.events.filter(({ key }) => key !== null).length;
    bed.remote.editBot(bot.id, { active: false });
    bed.upstream.inject({ on: 'bots', kind: 'truncate', leaveOff: 1, times: Infinity });
    await bed.sweep(engine);
    await bed.sweep(engine);
    for (const { key } of dids) expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(bed.told.swept.at(-1)?.warnings).toMatchObject([{ section: 'bots', code: 'TRUNCATED' }]);
    expect(bed.world.events.filter(({ key }) => key !== null)).toHaveLength(events);
    expect(bed.world.events.filter(({ type }) => type === 'dialtone.warning.raised.v1')).toHaveLength(1);
    bed.upstream.faults.clear();
    await bed.sweep(engine);
    expect((await bed.stored(dids[0]?.key ?? ('' as never))).state).toBe('NO_BOT');
  });

  it('while all fail, the account is unreachable: the reason is kept, the verdicts stand, and it recovers by itself', async () => {
    const { bed, engine, dids } = await readyBed(2);
    for (const on of ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const)
      bed.upstream.inject({ on, kind: 'fail', times: Infinity });
    await bed.run(engine, 3 * sweepIntervalMs);
    for (const { key } of dids) expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(bed.told.swept.at(-1)?.warnings).toHaveLength(5);
    bed.upstream.faults.clear();
    await bed.run(engine, 2 * sweepIntervalMs);
    for (const { key } of dids) expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: false });
  });

  it('says that the credentials are refused only when every list says so', async () => {
    const { bed, engine } = await readyBed(1);
    const reported = jest.spyOn(bed.world.sweepQueue, 'completeSweep');
    for (const on of SECTIONS) bed.upstream.inject({ on, kind: 'fail', unauthorized: true });
    await bed.sweep(engine);
    bed.upstream.inject({ on: 'bots', kind: 'fail', unauthorized: true });
    await bed.sweep(engine);
    expect(reported.mock.calls.map(([, report]) => report.credentialsRefused)).toEqual([true, false]);
  });
});
