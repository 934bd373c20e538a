import { SECTIONS } from '@dialtone/domain';
import { FIXTURE_SETTINGS, EngineFixture } from '@dialtone/testing';
import { readyFixture } from '../../test/ready-fixture';
import type { Engine } from '../loops/engine';

const { sweepIntervalMs } = FIXTURE_SETTINGS;

const nextSweepInMs = async (fixture: EngineFixture, engine: Engine): Promise<number> => {
  const from = fixture.clock.now();
  for (let waited = 0; waited <= 2 * sweepIntervalMs; waited += 100) {
    if (await fixture.drive(engine.sweepOnce())) return fixture.clock.now() - from;
    await fixture.clock.advance(100);
  }
  throw new Error('no sweep came');
};

describe('a sweep', () => {
  it('judges every key that VoiceLink lists, declared or not, and says what is wrong with each', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const free = fixture.did('918000000001');
    const mappedDid = fixture.did('918000000002', { clientId: client.id });
    await fixture.sweep(fixture.engine());
    expect(await fixture.stored(free.key)).toMatchObject({ state: 'NOT_IMPORTED', declared: null });
    expect(await fixture.stored(mappedDid.key)).toMatchObject({ state: 'NOT_IMPORTED' });
    expect(fixture.told.swept).toMatchObject([{ keys: 2, changed: 2, warnings: [], held: null }]);
    expect(fixture.eventTypes(free.key)).toEqual(['dialtone.readiness.changed.v1', 'dialtone.drift.detected.v1']);
  });

  it('writes nothing when nothing has changed', async () => {
    const { fixture, engine } = await readyFixture(5);
    const events = fixture.world.events.length;
    await fixture.sweep(engine);
    expect(fixture.told.swept.at(-1)).toMatchObject({ keys: 5, changed: 0 });
    expect(fixture.world.events).toHaveLength(events);
  });

  it('makes exactly the bound keys due whose verdict has changed', async () => {
    const { fixture, engine, dids } = await readyFixture(3);
    const unbound = fixture.did('918111111111');
    const [broken] = dids;
    if (broken === undefined) throw new Error('no DID');
    fixture.remote.editRouting(broken.didId, { outboundBotId: null, forOutboundCall: 4 });
    await fixture.sweep(engine);
    expect((await engine.claim(10)).map(({ binding }) => binding.key)).toEqual([broken.key]);
    expect((await fixture.stored(unbound.key)).state).toBe('NOT_IMPORTED');
  });

  it('finds a drift, has it repaired, and tells both once', async () => {
    const { fixture, engine, dids } = await readyFixture(2);
    const [broken] = dids;
    if (broken === undefined) throw new Error('no DID');
    fixture.remote.editRouting(broken.didId, { outboundBotId: null, forOutboundCall: 4 });
    const before = fixture.eventTypes(broken.key).length;
    await fixture.run(engine, 3 * sweepIntervalMs);
    const drift = fixture
      .eventTypes(broken.key)
      .slice(before)
      .filter((type) => type.startsWith('dialtone.drift'));
    expect(drift).toEqual(['dialtone.drift.detected.v1', 'dialtone.drift.resolved.v1']);
  });

  it('schedules the next one an interval later, give or take a tenth', async () => {
    const { fixture, engine } = await readyFixture(1);
    const waited = await nextSweepInMs(fixture, engine);
    expect(waited).toBeGreaterThanOrEqual(0.9 * sweepIntervalMs - 100);
    expect(waited).toBeLessThanOrEqual(1.1 * sweepIntervalMs + 100);
  });
});

describe('something that is missing', () => {
  it('is believed after the second complete listing, which comes soon', async () => {
    const { fixture, engine, dids } = await readyFixture(2);
    const [gone] = dids;
    if (gone === undefined) throw new Error('no DID');
    fixture.remote.deleteDid(gone.didId);
    await fixture.sweep(engine);
    expect(await fixture.stored(gone.key)).toMatchObject({ state: 'READY', stale: true });
    expect(await engine.claim(10)).toEqual([]);
    expect(await nextSweepInMs(fixture, engine)).toBeLessThanOrEqual(1_100);
    expect(await fixture.stored(gone.key)).toMatchObject({ state: 'REMOTE_DID_DELETED', stale: false });
  });

  it('once, because the list shifted while it was paged, changes nothing', async () => {
    const { fixture, engine, dids } = await readyFixture(2);
    const [hidden] = dids;
    const routing = hidden && fixture.remote.routings.get(hidden.didId);
    if (hidden === undefined || routing === undefined) throw new Error('no routing');
    const events = fixture.world.events.length;
    fixture.remote.deleteRouting(hidden.didId);
    await fixture.sweep(engine);
    fixture.remote.routings.set(hidden.didId, routing);
    await fixture.sweep(engine);
    expect(await fixture.stored(hidden.key)).toMatchObject({ state: 'READY', stale: false });
    expect(fixture.world.events).toHaveLength(events);
  });

  it('does not make an ailing VoiceLink be listed every second while it cannot be confirmed', async () => {
    const { fixture, engine, dids } = await readyFixture(2);
    const [gone] = dids;
    if (gone === undefined) throw new Error('no DID');
    fixture.remote.deleteDid(gone.didId);
    await fixture.sweep(engine);
    fixture.upstream.inject({ on: 'dids', kind: 'fail', times: Infinity });
    expect(await nextSweepInMs(fixture, engine)).toBeLessThanOrEqual(1_100);
    expect(await nextSweepInMs(fixture, engine)).toBeGreaterThan(0.8 * sweepIntervalMs);
    fixture.upstream.faults.clear();
    await fixture.sweep(engine);
    expect((await fixture.stored(gone.key)).state).toBe('REMOTE_DID_DELETED');
  });
});

describe('a list that is not complete', () => {
  it('makes verdicts stale, says which list, and derives nothing', async () => {
    const { fixture, engine, bot, dids } = await readyFixture(3);
    const events = fixture.world.events.filter(({ key }) => key !== null).length;
    fixture.remote.editBot(bot.id, { active: false });
    fixture.upstream.inject({ on: 'bots', kind: 'truncate', leaveOff: 1, times: Infinity });
    await fixture.sweep(engine);
    await fixture.sweep(engine);
    for (const { key } of dids) expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(fixture.told.swept.at(-1)?.warnings).toMatchObject([{ section: 'bots', code: 'TRUNCATED' }]);
    expect(fixture.world.events.filter(({ key }) => key !== null)).toHaveLength(events);
    expect(fixture.world.events.filter(({ type }) => type === 'dialtone.warning.raised.v1')).toHaveLength(1);
    fixture.upstream.faults.clear();
    await fixture.sweep(engine);
    expect((await fixture.stored(dids[0]?.key ?? ('' as never))).state).toBe('NO_BOT');
  });

  it('while all fail, the account is unreachable: the reason is kept, the verdicts stand, and it recovers by itself', async () => {
    const { fixture, engine, dids } = await readyFixture(2);
    for (const on of ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const)
      fixture.upstream.inject({ on, kind: 'fail', times: Infinity });
    await fixture.run(engine, 3 * sweepIntervalMs);
    for (const { key } of dids) expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(fixture.told.swept.at(-1)?.warnings).toHaveLength(5);
    fixture.upstream.faults.clear();
    await fixture.run(engine, 2 * sweepIntervalMs);
    for (const { key } of dids) expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
  });

  it('says that the credentials are refused only when every list says so', async () => {
    const { fixture, engine } = await readyFixture(1);
    const reported = jest.spyOn(fixture.world.sweepQueue, 'completeSweep');
    for (const on of SECTIONS) fixture.upstream.inject({ on, kind: 'fail', unauthorized: true });
    await fixture.sweep(engine);
    fixture.upstream.inject({ on: 'bots', kind: 'fail', unauthorized: true });
    await fixture.sweep(engine);
    expect(reported.mock.calls.map(([, report]) => report.credentialsRefused)).toEqual([true, false]);
  });
});
