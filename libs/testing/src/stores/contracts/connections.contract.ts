import { aDidKey } from '../../builders/ids';
import type { SectionWarning } from '@dialtone/domain';
import { type ClaimedSweep, type SweepReport, sweepResource } from '@dialtone/engine';
import type { MakeStoreHarness, StoreHarness } from '../harness';
import { claimOne, declareOne, eventsOf, freshHarness, LONG_MS, typesOf, present } from './fixtures';

/** The contract of the engine's Connections; every form of it passes the same tests. */
export const describeConnections = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as Connections`, () => {
    const harness = freshHarness(make);
    describeSweepClaims(harness);
    describeSweepTriggers(harness);
    describeWarnings(harness);
    describeHolds(harness);
    describeLookups(harness);
  });
};

const HOUR_MS = 3_600_000;
const FINE: SweepReport = { warnings: [], error: null };
const NO_BOTS: SectionWarning = { section: 'bots', code: 'FETCH_FAILED', message: 'HTTP 502' };
const CUT_DIDS: SectionWarning = { section: 'dids', code: 'TRUNCATED', message: 'the total changed' };

const claimSweep = async ({ stores }: StoreHarness, ttlMs = LONG_MS): Promise<ClaimedSweep> => {
  const claimed = await stores.sweepQueue.claimSweep('sweeper', ttlMs);
  if (claimed === null) throw new Error('No sweep was due.');
  return claimed;
};

const describeSweepClaims = (harness: () => StoreHarness): void => {
  it('hands out a new connection at once, to one sweeper, with its lease', async () => {
    const { stores, given } = harness();
    const connection = await given.connection();
    const claims = await Promise.all(['a', 'b', 'c'].map((owner) => stores.sweepQueue.claimSweep(owner, LONG_MS)));
    const [claimed, ...others] = claims.filter((claim) => claim !== null);
    expect(claimed).toMatchObject({ connection, lease: { resource: sweepResource(connection.id) } });
    expect(others).toEqual([]);
    expect(await stores.leases.renew(present(claimed).lease, LONG_MS)).toBe(true);
  });

  it('schedules the next sweep after the delay and releases the lease', async () => {
    const { stores, given, wait } = harness();
    const { id } = await given.connection();
    await stores.sweepQueue.completeSweep(await claimSweep(harness()), FINE, 200);
    expect(await stores.sweepQueue.claimSweep('sweeper', LONG_MS)).toBeNull();
    expect(await stores.leases.acquire(sweepResource(id), 'other', 1)).not.toBeNull();
    await wait(250);
    expect((await claimSweep(harness())).connection.id).toBe(id);
  });

  it('hands out a sweep again whose lease ended, and does not let the late one write', async () => {
    const { stores, given, wait } = harness();
    await given.connection();
    const lost = await claimSweep(harness(), 30);
    await wait(80);
    const next = await claimSweep(harness());
    await stores.sweepQueue.completeSweep(lost, { ...FINE, warnings: [NO_BOTS] }, HOUR_MS);
    expect(await typesOf(harness())).toEqual([]);
    expect(await stores.leases.renew(next.lease, LONG_MS)).toBe(true);
  });

  it('sweeps the connection first that waits longest, and only active ones of VoiceLink', async () => {
    const { stores, given, wait } = harness();
    const first = await given.connection();
    await wait(5);
    const second = await given.connection();
    await given.connection({ provider: 'plivo' });
    const gone = await given.connection();
    await given.disconnect(gone.id);
    const ids = [(await claimSweep(harness())).connection.id, (await claimSweep(harness())).connection.id];
    expect(ids).toEqual([first.id, second.id]);
    expect(await stores.sweepQueue.claimSweep('sweeper', LONG_MS)).toBeNull();
  });

  it('hands out the sweep of one connection before it is due, unless somebody has it or there is none', async () => {
    const { stores, given } = harness();
    const { sweepQueue } = stores;
    const connection = await given.connection();
    await sweepQueue.completeSweep(await claimSweep(harness()), FINE, HOUR_MS);
    const other = await given.connection();
    const claimed = present(await sweepQueue.claimSweepOf(connection.id, 'partner', LONG_MS));
    expect(claimed).toMatchObject({ connection, lease: { resource: sweepResource(connection.id), owner: 'partner' } });
    expect(await sweepQueue.claimSweepOf(connection.id, 'another', LONG_MS)).toBeNull();
    expect((await claimSweep(harness())).connection.id).toBe(other.id);
    await sweepQueue.completeSweep(claimed, { ...FINE, warnings: [NO_BOTS] }, HOUR_MS);
    expect(await typesOf(harness())).toEqual(['warning.raised']);
    expect(await sweepQueue.claimSweep('sweeper', LONG_MS)).toBeNull();
    await given.disconnect(connection.id);
    expect(await sweepQueue.claimSweepOf(connection.id, 'partner', LONG_MS)).toBeNull();
    const plivo = await given.connection({ provider: 'plivo' });
    expect(await sweepQueue.claimSweepOf(plivo.id, 'partner', LONG_MS)).toBeNull();
  });
};

const describeSweepTriggers = (harness: () => StoreHarness): void => {
  it('sweeps a triggered connection now', async () => {
    const { stores, given } = harness();
    const { id } = await given.connection();
    await stores.sweepQueue.completeSweep(await claimSweep(harness()), FINE, HOUR_MS);
    expect(await stores.sweepQueue.claimSweep('sweeper', LONG_MS)).toBeNull();
    await given.trigger(id, null);
    expect((await claimSweep(harness())).connection.id).toBe(id);
  });

  it('sweeps again at once when it was triggered during a sweep', async () => {
    const { stores, given } = harness();
    const { id } = await given.connection();
    const claimed = present(await claimSweep(harness()));
    await harness().wait(5);
    await given.trigger(id, null);
    await stores.sweepQueue.completeSweep(claimed, FINE, HOUR_MS);
    await stores.sweepQueue.completeSweep(await claimSweep(harness()), FINE, HOUR_MS);
    expect(await stores.sweepQueue.claimSweep('sweeper', LONG_MS)).toBeNull();
  });
};

const describeWarnings = (harness: () => StoreHarness): void => {
  it('tells each warning once when it comes and once when it goes', async () => {
    const { stores, given } = harness();
    const { id, partnerId } = await given.connection();
    // Null: a sweep that read nothing leaves them as they are.
    const reports = [[NO_BOTS], null, [{ ...NO_BOTS, message: 'HTTP 503' }, CUT_DIDS], [CUT_DIDS], []];
    for (const warnings of reports) {
      await stores.sweepQueue.completeSweep(await claimSweep(harness()), { warnings, error: null }, 0);
    }
    const told = (await eventsOf(harness(), 'warning')).map(({ type, data }) => [
      type,
      (data as SectionWarning).section,
    ]);
    expect(told).toEqual([
      ['dialtone.warning.raised.v1', 'bots'],
      ['dialtone.warning.raised.v1', 'dids'],
      ['dialtone.warning.cleared.v1', 'bots'],
      ['dialtone.warning.cleared.v1', 'dids'],
    ]);
    const [first] = await eventsOf(harness(), 'warning');
    expect(first).toMatchObject({ connection_id: id, key: null, seq: null });
    expect(first?.data).toEqual({
      connection_id: id,
      partner_id: partnerId,
      ...NO_BOTS,
      occurred_at: expect.stringMatching(/Z$/) as string,
    });
  });
};

const describeHolds = (harness: () => StoreHarness): void => {
  it('holds the writes of a connection until somebody acknowledges it, with one event each', async () => {
    const { stores, given } = harness();
    const { id } = await given.connection();
    await stores.voiceLinkConnections.holdWrites(id, '12 of 40 DIDs broke');
    await stores.voiceLinkConnections.holdWrites(id, '13 of 40 DIDs broke');
    expect(await stores.voiceLinkConnections.find(id)).toMatchObject({ writesHeld: '12 of 40 DIDs broke' });
    expect((await claimSweep(harness())).connection.writesHeld).toBe('12 of 40 DIDs broke');
    expect(await given.acknowledgeHold(id)).toBe(true);
    expect(await given.acknowledgeHold(id)).toBe(false);
    expect(await stores.voiceLinkConnections.find(id)).toMatchObject({ writesHeld: null });
    const [held, resumed, ...more] = await eventsOf(harness(), 'writes');
    expect(held).toMatchObject({ type: 'dialtone.writes.held.v1', data: { reason: '12 of 40 DIDs broke' } });
    expect(resumed).toMatchObject({
      type: 'dialtone.writes.resumed.v1',
      data: { reason: '12 of 40 DIDs broke', actor: 'operator' },
    });
    expect(more).toEqual([]);
  });

  it('makes what waited for it due at once, and leaves alone what had settled', async () => {
    const { stores, given } = harness();
    const waiting = await declareOne(harness());
    const outcome = { kind: 'stalled', issues: ['NO_BOT'], message: 'Writes are held.' } as const;
    await stores.bindingQueue.complete(await claimOne(harness()), outcome, HOUR_MS);
    const settled = await declareOne(harness());
    await stores.bindingQueue.complete(await claimOne(harness()), { kind: 'settled' }, HOUR_MS);
    for (const { connection } of [waiting, settled]) {
      await stores.voiceLinkConnections.holdWrites(connection.id, 'too many');
      await given.acknowledgeHold(connection.id);
    }
    const due = await stores.bindingQueue.claim('worker', 10, LONG_MS);
    expect(due.map(({ binding }) => binding.key)).toEqual([waiting.binding.key]);
  });
};

const describeLookups = (harness: () => StoreHarness): void => {
  it('finds active connections of VoiceLink only', async () => {
    const { stores, given } = harness();
    const connection = await given.connection();
    expect(await stores.voiceLinkConnections.find(connection.id)).toEqual(connection);
    const other = await given.connection({ provider: 'plivo' });
    expect(await stores.voiceLinkConnections.find(other.id)).toBeNull();
    await given.disconnect(connection.id);
    expect(await stores.voiceLinkConnections.find(connection.id)).toBeNull();
  });

  it('remembers bots whose listed status was wrong, per connection', async () => {
    const { stores, given } = harness();
    const [one, other] = [await given.connection(), await given.connection()];
    for (const botId of [93, 94, 93]) await stores.voiceLinkConnections.markMisreportedBot(one.id, botId);
    expect(new Set((await stores.voiceLinkConnections.misreportedBots(one.id)).keys())).toEqual(new Set([93, 94]));
    expect(await stores.voiceLinkConnections.misreportedBots(other.id)).toEqual(new Map());
  });

  it('says in one look what the plans of several connections stand on, and nothing of those that are not to be planned', async () => {
    const { stores, given } = harness();
    const { voiceLinkConnections } = stores;
    const [held, free, gone] = [await given.connection(), await given.connection(), await given.connection()];
    await voiceLinkConnections.holdWrites(held.id, 'too much broke');
    await voiceLinkConnections.markMisreportedBot(free.id, 93);
    await given.disconnect(gone.id);
    const key = aDidKey();
    const numbers = [gone, held, free, held].map(({ id }) => ({ connectionId: id, key }));
    const [ofGone, ofHeld, ofFree, ofHeldAgain] = await voiceLinkConnections.planningGround(numbers);
    expect(ofGone).toBeNull();
    expect(ofHeld).toMatchObject({ accountId: held.accountId, misreported: new Map() });
    expect(ofHeld?.steering.standing).toEqual((await voiceLinkConnections.steering(held.id, key))?.standing);
    expect(ofHeld?.steering.standing).toHaveLength(1);
    expect(ofHeldAgain?.accountId).toBe(held.accountId);
    expect(ofFree?.steering.standing).toEqual([]);
    expect(ofFree?.misreported).toEqual(await voiceLinkConnections.misreportedBots(free.id));
    expect(await voiceLinkConnections.planningGround([])).toEqual([]);
  });

  it('forgets such a bot when something was seen after it was marked last, and not for what was seen before', async () => {
    const { stores, given, wait } = harness();
    const { voiceLinkConnections, storeClock } = stores;
    const [{ id }, other] = [await given.connection(), await given.connection()];
    await voiceLinkConnections.markMisreportedBot(id, 93);
    await voiceLinkConnections.markMisreportedBot(other.id, 93);
    await wait(20);
    const between = await storeClock.time();
    await wait(20);
    await voiceLinkConnections.markMisreportedBot(id, 94);
    await voiceLinkConnections.unmarkMisreportedBots(id, [94], between);
    expect(new Set((await voiceLinkConnections.misreportedBots(id)).keys())).toEqual(new Set([93, 94]));
    await voiceLinkConnections.unmarkMisreportedBots(id, [93, 94, 95], between);
    expect([...(await voiceLinkConnections.misreportedBots(id)).keys()]).toEqual([94]);
    await voiceLinkConnections.markMisreportedBot(id, 93);
    await voiceLinkConnections.unmarkMisreportedBots(id, [93], between);
    expect((await voiceLinkConnections.misreportedBots(id)).get(93)).toBeGreaterThan(between);
    expect((await voiceLinkConnections.misreportedBots(other.id)).has(93)).toBe(true);
  });
};
