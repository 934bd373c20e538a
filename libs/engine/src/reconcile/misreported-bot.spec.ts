import { FIXTURE_SETTINGS, FIXTURE_WEBSOCKET_URL, EngineFixture, withCalls } from '@dialtone/testing';

const NUMBER = '918000000001';

describe('a bot that VoiceLink lists as inactive whatever it is', () => {
  it('is activated once, known to be misreported from then on, and used', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key } = fixture.did(NUMBER, { clientId: client.id });
    const bot = fixture.remote.addBot(client.id, { websocketUrl: FIXTURE_WEBSOCKET_URL, misreported: true });
    await fixture.declare(key);
    const engine = fixture.engine();
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect([...(await fixture.world.voiceLinkConnections.misreportedBots(fixture.connectionId)).keys()]).toEqual([
      bot.id,
    ]);
    await fixture.run(engine, 30 * 60_000);
    expect(fixture.upstream.effects('bots.update')).toHaveLength(1);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(0);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
  });

  const switchedOffMeanwhile = async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key, didId } = fixture.did(NUMBER, { clientId: client.id });
    const bot = fixture.remote.addBot(client.id, { websocketUrl: FIXTURE_WEBSOCKET_URL, active: false });
    fixture.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    await fixture.declare(key);
    const { upstream } = fixture;
    const account = withCalls(upstream, {
      updateBot: async (...input: Parameters<typeof upstream.updateBot>) => {
        const outcome = await upstream.updateBot(...input);
        fixture.remote.editBot(bot.id, { active: false });
        return outcome;
      },
    });
    expect(await fixture.reconcileKey(fixture.engine({ account }), key)).toEqual({ kind: 'settled' });
    return { fixture, key, didId, bot, engine: fixture.engine() };
  };
  const marked = async (fixture: EngineFixture) => [
    ...(await fixture.world.voiceLinkConnections.misreportedBots(fixture.connectionId)).keys(),
  ];

  it('or was switched off in that very moment, which is found out within the hour', async () => {
    const { fixture, key, bot, engine } = await switchedOffMeanwhile();
    expect(await marked(fixture)).toEqual([bot.id]);
    const verdicts = fixture.eventTypes(key).length;
    await fixture.run(engine, 80 * 60_000);
    expect(fixture.remote.bots.get(bot.id)).toMatchObject({ active: true });
    expect(await marked(fixture)).toEqual([]);
    expect(fixture.upstream.effects('bots.update')).toHaveLength(2);
    // No event said that the number is not ready: the lists could not tell.
    expect(fixture.eventTypes(key)).toHaveLength(verdicts);
  });

  it('or was switched off, which is found out although the client has another active bot by now', async () => {
    const { fixture, key, didId, bot, engine } = await switchedOffMeanwhile();
    fixture.remote.addRouting(fixture.did('918000000002').didId);
    fixture.remote.addBot(bot.clientId, { websocketUrl: 'wss://stranger.example/ws' });
    fixture.remote.deleteRouting(didId);
    await fixture.run(engine, 80 * 60_000);
    expect(fixture.remote.bots.get(bot.id)).toMatchObject({ active: true });
    expect(fixture.remote.routings.get(didId)).toMatchObject({ outboundBotId: bot.id });
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
  });

  it.each(['sweep', 'reconcile'] as const)(
    'is not believed to be so any more once a %s lists it as active',
    async (how) => {
      const { fixture, key, bot, engine } = await switchedOffMeanwhile();
      fixture.remote.editBot(bot.id, { active: true });
      await fixture.clock.advance(1_000);
      await (how === 'sweep' ? fixture.sweep(engine) : fixture.reconcileKey(engine, key));
      expect(await marked(fixture)).toEqual([]);
      // Until then the list could be from before the bot was activated.
      await fixture.clock.advance(2 * FIXTURE_SETTINGS.staleReadsMs);
      fixture.remote.editBot(bot.id, { active: false });
      await fixture.sweep(engine);
      expect(await fixture.stored(key)).toMatchObject({ state: 'NO_BOT' });
    },
  );

  it('is proven to be so again every hour, and in doubt neither replaced nor left', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key } = fixture.did(NUMBER, { clientId: client.id });
    const bot = fixture.remote.addBot(client.id, { websocketUrl: FIXTURE_WEBSOCKET_URL, misreported: true });
    await fixture.declare(key);
    const engine = fixture.engine();
    await fixture.reconcileKey(engine, key);
    const verdicts = fixture.eventTypes(key).length;
    await fixture.run(engine, 150 * 60_000);
    expect(fixture.upstream.effects('bots.update')).toHaveLength(3);
    expect([fixture.upstream.effects('bots.create').length, fixture.eventTypes(key).length]).toEqual([0, verdicts]);
    // Of a bot that was pointed elsewhere since, nothing is proven: it would be replaced.
    fixture.remote.editBot(bot.id, { websocketUrl: 'wss://stranger.example/ws' });
    await fixture.run(engine, 150 * 60_000);
    expect(fixture.upstream.journal.map(({ operation }) => operation)).toEqual([
      'bots.update',
      'routing.create',
      'bots.update',
      'bots.update',
    ]);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
  });

  it.each(['in mode observe', 'while writes are held'])(
    'is not activated again %s, and settled all the same',
    async (when) => {
      const { fixture, key, engine } = await switchedOffMeanwhile();
      if (when === 'in mode observe') await fixture.declare(key, { mode: 'observe' });
      else await fixture.world.voiceLinkConnections.holdWrites(fixture.connectionId, 'too much broke');
      await fixture.clock.advance(2 * 3_600_000);
      expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
      expect(fixture.upstream.effects('bots.update')).toHaveLength(1);
    },
  );

  it('although it was just created, is not created again', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key } = fixture.did(NUMBER, { clientId: client.id });
    await fixture.declare(key);
    const { upstream } = fixture;
    const account = withCalls(upstream, {
      createBot: async (...input: Parameters<typeof upstream.createBot>) => {
        const outcome = await upstream.createBot(...input);
        for (const { id } of fixture.remote.bots.values()) fixture.remote.editBot(id, { misreported: true });
        return outcome;
      },
    });
    const engine = fixture.engine({ account });
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    await fixture.run(engine, 30 * 60_000);
    expect(fixture.upstream.journal.map(({ operation }) => operation)).toEqual([
      'bots.create',
      'routing.create',
      'bots.update',
    ]);
  });
});
