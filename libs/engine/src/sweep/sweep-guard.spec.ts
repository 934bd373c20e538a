import { inspect } from 'node:util';
import { SECTIONS } from '@dialtone/domain';
import { FIXTURE_SETTINGS, EngineFixture, withCalls } from '@dialtone/testing';
import { readyFixture } from '../../test/ready-fixture';

const { sweepIntervalMs } = FIXTURE_SETTINGS;

describe('the guard', () => {
  it('holds all writes when more than it allows broke in one sweep, tells it once, and resumes on request', async () => {
    const { fixture, engine, dids } = await readyFixture(11);
    const calls = fixture.upstream.journal.length;
    for (const { didId } of dids) fixture.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    await fixture.run(engine, 3 * sweepIntervalMs);
    expect(fixture.upstream.journal).toHaveLength(calls);
    expect(fixture.told.swept.filter(({ held }) => held !== null)).toHaveLength(1);
    expect(fixture.world.events.filter(({ type }) => type === 'dialtone.writes.held.v1')).toHaveLength(1);
    expect((await fixture.stored(dids[0]?.key ?? ('' as never))).state).toBe('ROUTING_CHANGED');

    await fixture.world.acknowledgeHold(fixture.connectionId);
    await fixture.run(engine, sweepIntervalMs);
    for (const { key } of dids) expect((await fixture.stored(key)).state).toBe('READY');
  });

  it('says wherever the hold is told how to acknowledge it', async () => {
    const { fixture, engine, dids } = await readyFixture(11);
    for (const { didId } of dids) fixture.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    await fixture.run(engine, sweepIntervalMs);
    const id = fixture.connectionId;
    const event = fixture.world.events.find(({ type }) => type === 'dialtone.writes.held.v1');
    const status = fixture.told.reconciled.at(-1)?.message;
    const logged = fixture.told.swept.find(({ held }) => held !== null)?.held;
    const answer = await fixture.drive(
      fixture.provisioner().callReady({
        ...{ connectionId: id, did: { key: dids[0]?.key ?? ('' as never) }, agentId: null, clientId: null },
        ...{ botName: null, websocketUrl: null, actor: 'test', requestId: 'r' },
      }),
    );
    for (const told of [inspect(event), status, logged, inspect(answer, { depth: 9 })]) {
      expect(told).toContain('11 of 11');
      expect(told).toContain(`POST /api/v2/voicelink/connections/${id}/acknowledge-hold`);
      expect(told).toContain(`dialtone-admin acknowledge-hold ${id}`);
    }
  });

  it('holds once: what breaks while writes are held is no other hold', async () => {
    const { fixture, engine, dids } = await readyFixture(22);
    const breakSome = async (some: typeof dids) => {
      for (const { didId } of some) fixture.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
      await fixture.sweep(engine);
    };
    await breakSome(dids.slice(0, 11));
    const hold = await fixture.world.voiceLinkConnections.find(fixture.connectionId);
    await breakSome(dids.slice(11));
    expect(fixture.told.swept.slice(-2)).toMatchObject([
      { changed: 11, held: hold?.writesHeld },
      { changed: 11, held: null },
    ]);
    expect(await fixture.world.voiceLinkConnections.find(fixture.connectionId)).toEqual(hold);
  });

  it('holds before anybody can act on what the sweep found', async () => {
    const { fixture, engine, dids } = await readyFixture(11);
    fixture.did('918111100001');
    await fixture.sweep(engine);
    for (const { didId } of dids) fixture.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    const { keyStates } = fixture.world;
    let heldBefore: string | null = null;
    const apply: typeof keyStates.apply = async (...input) => {
      heldBefore = (await fixture.world.voiceLinkConnections.find(fixture.connectionId))?.writesHeld ?? null;
      return keyStates.apply(...input);
    };
    const watching = withCalls(keyStates, { apply });
    await fixture.sweep(fixture.engine({ owner: 'two', keyStates: watching }));
    expect(heldBefore).toContain('11 of 11');
  });

  it('lets ten broken DIDs be repaired', async () => {
    const { fixture, engine, dids } = await readyFixture(11);
    for (const { didId } of dids.slice(1))
      fixture.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    await fixture.run(engine, 2 * sweepIntervalMs);
    for (const { key } of dids) expect((await fixture.stored(key)).state).toBe('READY');
  });

  it.each(['fail', 'truncate'] as const)('does not take for broken what a list does not tell (%s)', async (kind) => {
    const { fixture, engine, dids } = await readyFixture(11);
    for (const section of SECTIONS) fixture.upstream.inject({ on: section, kind });
    await fixture.sweep(engine);
    expect(fixture.told.swept.at(-1)).toMatchObject({ changed: 11, held: null });
    expect(await fixture.stored(dids[0]?.key ?? ('' as never))).toMatchObject({ state: 'READY', stale: true });
  });

  it('counts only what was declared and READY', async () => {
    const fixture = await EngineFixture.make();
    const { connectionId, partnerId, agentId } = fixture;
    const client = fixture.remote.addClient();
    const bot = fixture.remote.addBot(client.id);
    const engine = fixture.engine();
    const keys = Array.from({ length: 30 }, (_, index) => {
      const { key, didId } = fixture.did(`91800000${String(1000 + index)}`, { clientId: client.id });
      fixture.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
      return key;
    });
    const [undeclared, unready] = [keys.slice(0, 15), keys.slice(15)];
    for (const key of undeclared) {
      await fixture.world.phoneNumbers.import({ connectionId, partnerId, key, friendlyName: key });
      await fixture.world.phoneNumbers.assignAgent({ connectionId, partnerId, key, agentId });
    }
    for (const key of unready) await fixture.declare(key);
    await fixture.sweep(engine);
    const states = await Promise.all(keys.map(async (key) => (await fixture.stored(key)).state));
    expect(new Set(states)).toEqual(new Set(['READY', 'NOT_IMPORTED']));

    fixture.remote.editBot(bot.id, { active: false });
    await fixture.sweep(engine);
    expect(fixture.told.swept.at(-1)).toMatchObject({ changed: 30, held: null });
  });
});
