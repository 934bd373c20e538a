import { EngineFixture, withCalls } from '@dialtone/testing';

const NUMBER = '918000000001';

describe('what may not be written', () => {
  it.each([
    { name: 'observe mode', mode: 'observe', settings: {}, why: 'mode is observe' },
    { name: 'dry-run', mode: 'enforce', settings: { dryRun: true }, why: 'dry-run is on' },
  ] as const)(
    '$name: nothing leaves, nothing local changes, and the verdict says what would be done',
    async (given) => {
      const fixture = await EngineFixture.make();
      const { key } = fixture.did(NUMBER);
      await fixture.declare(key, { clientId: fixture.remote.addClient().id, mode: given.mode });
      const engine = fixture.engine({ settings: given.settings });
      expect(await fixture.reconcileKey(engine, key)).toMatchObject({
        kind: 'stalled',
        message: `Import +918000000001 into local phone-number inventory (not done: ${given.why})`,
      });
      expect(fixture.upstream.journal).toEqual([]);
      expect(fixture.world.writes).toEqual([]);
      expect(await fixture.world.phoneNumbers.find(fixture.connectionId, key)).toBeNull();
      expect((await fixture.stored(key)).state).toBe('NOT_IMPORTED');
    },
  );

  it('held writes: local steps go on, what would leave for VoiceLink does not, until somebody acknowledges', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id });
    await fixture.world.voiceLinkConnections.holdWrites(fixture.connectionId, 'too much broke');
    const engine = fixture.engine();
    const outcome = await fixture.reconcileKey(engine, key);
    expect(outcome).toMatchObject({ kind: 'stalled' });
    expect(outcome.kind === 'stalled' && outcome.message).toContain('held: too much broke');
    expect(fixture.upstream.journal).toEqual([]);
    expect(await fixture.world.phoneNumbers.find(fixture.connectionId, key)).not.toBeNull();

    await fixture.world.acknowledgeHold(fixture.connectionId);
    expect((await fixture.reconcile(engine)).get(key)).toEqual({ kind: 'settled' });
  });

  it('a hold that comes during the steps stops those that are left', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id });
    const { upstream } = fixture;
    const account = withCalls(upstream, {
      mapDid: async (...input: Parameters<typeof upstream.mapDid>) => {
        const outcome = await upstream.mapDid(...input);
        await fixture.world.voiceLinkConnections.holdWrites(fixture.connectionId, 'too much broke');
        return outcome;
      },
    });
    expect(await fixture.reconcileKey(fixture.engine({ account }), key)).toMatchObject({ kind: 'stalled' });
    expect(fixture.upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map']);
  });

  it('a disconnect during the steps stops those that are left', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id });
    const { upstream } = fixture;
    const account = withCalls(upstream, {
      mapDid: async (...input: Parameters<typeof upstream.mapDid>) => {
        const outcome = await upstream.mapDid(...input);
        await fixture.world.disconnect(fixture.connectionId);
        return outcome;
      },
    });
    await fixture.reconcileKey(fixture.engine({ account }), key);
    expect(fixture.upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map']);
  });

  it('a disconnect while the lists are read leaves no local row behind', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key);
    const { upstream } = fixture;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      await fixture.world.disconnect(fixture.connectionId);
      return listing;
    }) as typeof upstream.list;
    const engine = fixture.engine({ account: withCalls(upstream, { list }) });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({
      kind: 'stalled',
      message: expect.stringContaining('disconnected') as string,
    });
    expect(await fixture.world.phoneNumbers.find(fixture.connectionId, key)).toBeNull();
  });
});

describe('an incomplete list', () => {
  it('of bots makes no NO_BOT and no bot: the stored verdict stands, marked stale', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id });
    const engine = fixture.engine();
    await fixture.reconcile(engine);
    const calls = fixture.upstream.journal.length;
    fixture.upstream.inject({ on: 'bots', kind: 'fail', times: Infinity });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'retry' });
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: true });
    await fixture.sweep(engine);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(fixture.upstream.journal).toHaveLength(calls);

    fixture.upstream.faults.clear();
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', stale: false });
  });

  it.each(['dids', 'bots', 'routing'] as const)('of %s is never acted on, however it ends', async (section) => {
    for (const kind of ['fail', 'truncate'] as const) {
      const fixture = await EngineFixture.make();
      const client = fixture.remote.addClient();
      const { key, didId } = fixture.did(NUMBER, { clientId: client.id });
      const bot = fixture.remote.addBot(client.id);
      fixture.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
      await fixture.declare(key);
      fixture.upstream.inject({ on: section, kind, times: Infinity });
      expect(await fixture.reconcileKey(fixture.engine(), key)).toMatchObject({ kind: 'retry' });
      expect(fixture.upstream.journal).toEqual([]);
      expect(fixture.eventTypes(key).filter((type) => type.startsWith('dialtone.drift'))).toEqual([]);
    }
  });

  it('is read once more before anything is said about it', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id });
    fixture.upstream.inject({ on: 'routing', kind: 'truncate' });
    expect(await fixture.reconcileKey(fixture.engine(), key)).toEqual({ kind: 'settled' });
  });

  it('does not turn a gap into an absence when only other things are looked at again', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key, didId } = fixture.did(NUMBER, { clientId: client.id });
    const bot = fixture.remote.addBot(client.id);
    fixture.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    const engine = fixture.engine();
    await fixture.sweep(engine);
    await fixture.declare(key);
    // First list of routing fails, the second leaves the record out: that is one complete list without it, not two.
    fixture.upstream.inject({ on: 'routing', kind: 'fail' });
    fixture.remote.deleteRouting(didId);
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'retry' });
    expect(fixture.told.stepTaken.map(({ step }) => step)).toEqual(['import_did']);
    expect(fixture.upstream.effects('routing.create')).toEqual([]);
  });
});
