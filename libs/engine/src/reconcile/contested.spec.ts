import type { BindingSpec } from '@dialtone/domain';
import type { Contest } from '../ports/contest';
import type { EngineSettings } from '../ports/settings';
import { anObservation, EngineFixture, FIXTURE_SETTINGS, withCalls } from '@dialtone/testing';
import { presentPlanner } from './present-plan';

const NUMBER = '918000000001';
const REPAIRS = 3;
const WINDOW_MS = 600_000;
const LIMITS: Partial<EngineSettings> = { contest: { repairs: REPAIRS, windowMs: WINDOW_MS }, staleReadsMs: 0 };
const OFF: Partial<EngineSettings> = { ...LIMITS, contest: { repairs: 0, windowMs: WINDOW_MS } };

const readyNumber = async (settings = LIMITS, spec: Partial<BindingSpec> = {}) => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const did = fixture.did(NUMBER);
  await fixture.declare(did.key, { clientId: client.id, ...spec });
  const engine = fixture.engine({ settings });
  await fixture.reconcile(engine);
  // Made once; what is counted are repairs of what was there.
  await fixture.clock.advance(1_000);
  await fixture.world.request(fixture.connectionId, did.key);
  await fixture.reconcile(engine);
  await fixture.clock.advance(1_000);
  const made = fixture.world.writes.length;
  const revert = async () => {
    fixture.remote.editRouting(did.didId, { outboundBotId: null, forOutboundCall: 4 });
    await fixture.sweep(engine);
    await fixture.reconcile(engine);
    await fixture.clock.advance(1_000);
  };
  return {
    fixture,
    engine,
    client,
    did,
    key: did.key,
    revert,
    revertOften: async (times: number) => {
      for (let nth = 0; nth < times; nth += 1) await revert();
    },
    repairs: () => fixture.world.writes.length - made,
    row: () => fixture.world.bindingRow(fixture.connectionId, did.key),
    contest: (): Contest | null => fixture.world.bindingRow(fixture.connectionId, did.key)?.repairs.contest ?? null,
    told: () => fixture.world.events.filter(({ type }) => type === 'dialtone.repairs.contested.v1'),
    isRouted: () => fixture.remote.routings.get(did.didId)?.forOutboundCall === 3,
  };
};

describe('a repair that others undo again and again', () => {
  it.each([
    { isStanding: true, status: 'blocked', reason: 'contested' },
    { isStanding: false, status: 'needed', reason: undefined },
  ])('is given up in the plan of what is declared, and not of another declaration ($isStanding)', async (want) => {
    const { revertOften, fixture, key, row } = await readyNumber();
    await revertOften(REPAIRS + 1);
    const { world, clock, connectionId } = fixture;
    const settings = { ...FIXTURE_SETTINGS, ...LIMITS };
    const planner = await presentPlanner({ connections: world.voiceLinkConnections, clock, settings }, [
      { connectionId, key },
    ]);
    const declared = row()?.binding;
    const seen = world.verdictRow(connectionId, key).observedAt;
    const observation = { ...anObservation({ key, observedAt: seen }), routing: null };
    if (declared === undefined) throw new Error('It is not declared.');
    const spec = { ...declared, clientId: null };
    const { plan } = planner({ connectionId, key, spec, isStanding: want.isStanding }, observation);
    const step = plan.find(({ status }) => status === 'blocked' || status === 'needed');
    expect(step).toMatchObject({ status: want.status, ...(want.reason !== undefined && { reason: want.reason }) });
  });

  it('is made as often as is allowed and then not any more, told once with what, when and who', async () => {
    const { revertOften, repairs, row, contest, told, did, fixture } = await readyNumber();
    await revertOften(2 * REPAIRS);
    expect(repairs()).toBe(REPAIRS);
    const botId = [...fixture.remote.bots.keys()][0];
    expect(row()).toMatchObject({ outcome: 'stalled' });
    expect(row()?.message).toContain('VoiceLink does not say who');
    expect(contest()).toMatchObject({
      kind: 'contested',
      step: 'ensure_routing',
      fields: [
        { field: 'for_outbound_call', ours: 3, theirs: 4 },
        { field: 'outbound_websocket_bot_id', ours: botId, theirs: null },
      ],
      by: [],
    });
    expect(contest()?.undoneAt).toHaveLength(REPAIRS);
    expect(told()).toHaveLength(1);
    expect(told()[0]?.data).toMatchObject({ key: did.key, kind: 'contested', step: 'ensure_routing' });
  });

  it('goes on for ever when it is off', async () => {
    const { revertOften, repairs, told } = await readyNumber(OFF);
    await revertOften(2 * REPAIRS);
    expect([repairs(), told().length]).toEqual([2 * REPAIRS, 0]);
  });

  it('is made again by itself within a second of its time, as often as before, and told again', async () => {
    const { revertOften, repairs, contest, told, fixture, engine, isRouted } = await readyNumber();
    await revertOften(REPAIRS + 1);
    const until = contest()?.until ?? 0;
    await fixture.run(engine, until - fixture.clock.now() - 1_000);
    expect([repairs(), isRouted()]).toEqual([REPAIRS, false]);
    await fixture.run(engine, 2_000);
    expect([repairs(), isRouted()]).toEqual([REPAIRS + 1, true]);
    expect(fixture.world.writes.at(-1)?.startedAt).toBeGreaterThanOrEqual(until);
    expect(fixture.world.writes.at(-1)?.startedAt).toBeLessThanOrEqual(until + 1_000);
    await revertOften(2 * REPAIRS);
    expect([repairs(), told().length]).toEqual([2 * REPAIRS, 2]);
  });

  it.each(['another declaration', 'a request to reconcile it'])('is made again at once after %s', async (what) => {
    const { revertOften, repairs, fixture, engine, key, client, isRouted } = await readyNumber();
    await revertOften(REPAIRS + 1);
    if (what === 'another declaration') await fixture.declare(key, { clientId: client.id, botName: 'Other' });
    else await fixture.world.request(fixture.connectionId, key);
    await fixture.reconcile(engine);
    expect([repairs(), isRouted()]).toEqual([REPAIRS + 1, true]);
  });

  it('stays as it is for what merely triggers it: a sweep, a neighbour', async () => {
    const { revertOften, repairs, fixture, engine, key } = await readyNumber();
    await revertOften(REPAIRS + 1);
    for (let nth = 0; nth < 3; nth += 1) await fixture.reconcileKey(engine, key);
    expect(repairs()).toBe(REPAIRS);
  });

  it('is not counted beyond the window', async () => {
    const { revert, repairs, contest, fixture } = await readyNumber();
    for (let nth = 0; nth < 2 * REPAIRS; nth += 1) {
      await revert();
      await fixture.clock.advance(WINDOW_MS / (REPAIRS - 1));
    }
    expect([repairs(), contest()]).toEqual([2 * REPAIRS, null]);
  });

  it('is settled while others leave it right, and no contest begins anew within the same one', async () => {
    const { revertOften, fixture, engine, did, key, row, told } = await readyNumber();
    await revertOften(REPAIRS + 1);
    const [bot] = [...fixture.remote.bots.values()];
    fixture.remote.editRouting(did.didId, { outboundBotId: bot?.id ?? null, forOutboundCall: 3 });
    await fixture.reconcileKey(engine, key);
    expect(row()?.outcome).toBe('settled');
    await revertOften(1);
    expect([row()?.outcome, told().length]).toEqual(['stalled', 1]);
  });

  it('does not begin when it was asked for during the work', async () => {
    const { revertOften, fixture, engine, key, did, contest } = await readyNumber();
    await revertOften(REPAIRS);
    fixture.remote.editRouting(did.didId, { outboundBotId: null, forOutboundCall: 4 });
    await fixture.sweep(engine);
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('It is due.');
    await fixture.clock.advance(10);
    await fixture.world.request(fixture.connectionId, key);
    await fixture.drive(engine.reconcile(claimed));
    expect(contest()).toBeNull();
  });

  it('leaves a request of a person alone: call-ready does what it is asked for', async () => {
    const { revertOften, fixture, key, isRouted } = await readyNumber();
    await revertOften(REPAIRS + 1);
    const request = { agentId: null, clientId: null, botName: null, websocketUrl: null, actor: 'a', requestId: 'r' };
    const { connectionId } = fixture;
    await fixture.drive(
      fixture.provisioner({ settings: LIMITS }).callReady({ connectionId, did: { key }, ...request }),
    );
    expect(isRouted()).toBe(true);
  });
});

describe('a repair that VoiceLink accepts and never lists', () => {
  it.each([
    { settings: LIMITS, name: 'ends after as many', times: REPAIRS },
    { settings: OFF, name: 'goes on for ever when it is off', times: Infinity },
  ])('$name', async ({ settings, times }) => {
    const { fixture, did, key, row, contest, told } = await readyNumber(settings);
    const account = withCalls(fixture.upstream, { updateRouting: () => Promise.resolve({ kind: 'accepted', id: 1 }) });
    const engine = fixture.engine({ settings, account });
    fixture.remote.editRouting(did.didId, { outboundBotId: null, forOutboundCall: 4 });
    await fixture.world.trigger(fixture.connectionId, key);
    const before = fixture.world.writes.length;
    await fixture.run(engine, WINDOW_MS / 2);
    const writes = fixture.world.writes.length - before;
    if (times === Infinity) expect(writes).toBeGreaterThan(2 * REPAIRS);
    else expect(writes).toBe(REPAIRS);
    expect(contest()?.kind ?? null).toBe(times === Infinity ? null : 'not_converging');
    expect(told()).toHaveLength(times === Infinity ? 0 : 1);
    if (times === REPAIRS) expect(row()?.message).toContain('no list ever showed it');
  });
});

describe('a bot that others switch off', () => {
  it('is counted for all numbers that it serves together', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const keys = await Promise.all(
      ['918000000001', '918000000002'].map(async (number) => {
        const { key } = fixture.did(number);
        await fixture.declare(key, { clientId: client.id });
        return key;
      }),
    );
    const engine = fixture.engine({ settings: LIMITS });
    await fixture.run(engine, 10_000);
    const [bot] = [...fixture.remote.bots.values()];
    if (bot === undefined) throw new Error('There is a bot.');
    const before = fixture.world.writes.length;
    for (let nth = 0; nth < 3 * REPAIRS; nth += 1) {
      fixture.remote.editBot(bot.id, { active: false });
      await fixture.sweep(engine);
      await fixture.reconcile(engine);
      await fixture.clock.advance(FIXTURE_SETTINGS.sweepIntervalMs / 10);
    }
    const activations = fixture.world.writes.slice(before).filter(({ target }) => target.startsWith('bot-update:'));
    expect(activations).toHaveLength(REPAIRS);
    for (const key of keys) expect(fixture.world.bindingRow(fixture.connectionId, key)?.outcome).toBe('stalled');
  });
});
