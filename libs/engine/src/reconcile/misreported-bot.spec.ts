import { BED_WEBSOCKET_URL, EngineBed, withCalls } from '@dialtone/testing';

const NUMBER = '918000000001';

describe('a bot that VoiceLink lists as inactive whatever it is', () => {
  it('is activated once, known to be misreported from then on, and used', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key } = bed.did(NUMBER, { clientId: client.id });
    const bot = bed.remote.addBot(client.id, { websocketUrl: BED_WEBSOCKET_URL, misreported: true });
    await bed.declare(key);
    const engine = bed.engine();
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect([...(await bed.world.voiceLinkConnections.misreportedBots(bed.connectionId)).keys()]).toEqual([bot.id]);
    await bed.run(engine, 30 * 60_000);
    expect(bed.upstream.effects('bots.update')).toHaveLength(1);
    expect(bed.upstream.effects('bots.create')).toHaveLength(0);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
  });

  const switchedOffMeanwhile = async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key, didId } = bed.did(NUMBER, { clientId: client.id });
    const bot = bed.remote.addBot(client.id, { websocketUrl: BED_WEBSOCKET_URL, active: false });
    bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    await bed.declare(key);
    const { upstream } = bed;
    const account = withCalls(upstream, {
      updateBot: async (...input: Parameters<typeof upstream.updateBot>) => {
        const outcome = await upstream.updateBot(...input);
        bed.remote.editBot(bot.id, { active: false });
        return outcome;
      },
    });
    expect(await bed.reconcileKey(bed.engine({ account }), key)).toEqual({ kind: 'settled' });
    return { bed, key, didId, bot, engine: bed.engine() };
  };
  const marked = async (bed: EngineBed) => [
    ...(await bed.world.voiceLinkConnections.misreportedBots(bed.connectionId)).keys(),
  ];

  it('or was switched off in that very moment, which is found out within the hour', async () => {
    const { bed, key, bot, engine } = await switchedOffMeanwhile();
    expect(await marked(bed)).toEqual([bot.id]);
    const verdicts = bed.eventTypes(key).length;
    await bed.run(engine, 80 * 60_000);
    expect(bed.remote.bots.get(bot.id)).toMatchObject({ active: true });
    expect(await marked(bed)).toEqual([]);
    expect(bed.upstream.effects('bots.update')).toHaveLength(2);
    // Nobody was told that the number is not ready: nobody knew.
    expect(bed.eventTypes(key)).toHaveLength(verdicts);
  });

  it('or was switched off, which is found out although the client has another active bot by now', async () => {
    const { bed, key, didId, bot, engine } = await switchedOffMeanwhile();
    bed.remote.addBot(bot.clientId, { websocketUrl: 'wss://stranger.example/ws' });
    bed.remote.deleteRouting(didId);
    await bed.run(engine, 80 * 60_000);
    expect(bed.remote.bots.get(bot.id)).toMatchObject({ active: true });
    expect(bed.remote.routings.get(didId)).toMatchObject({ outboundBotId: bot.id });
    expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
  });

  it.each(['sweep', 'reconcile'] as const)(
    'is not believed to be so any more once a %s lists it as active',
    async (how) => {
      const { bed, key, bot, engine } = await switchedOffMeanwhile();
      bed.remote.editBot(bot.id, { active: true });
      await bed.clock.advance(1_000);
      await (how === 'sweep' ? bed.sweep(engine) : bed.reconcileKey(engine, key));
      expect(await marked(bed)).toEqual([]);
      bed.remote.editBot(bot.id, { active: false });
      await bed.sweep(engine);
      expect(await bed.stored(key)).toMatchObject({ state: 'NO_BOT' });
    },
  );

  it('is proven to be so again every hour, and in doubt neither replaced nor left', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key } = bed.did(NUMBER, { clientId: client.id });
    const bot = bed.remote.addBot(client.id, { websocketUrl: BED_WEBSOCKET_URL, misreported: true });
    await bed.declare(key);
    const engine = bed.engine();
    await bed.reconcileKey(engine, key);
    const verdicts = bed.eventTypes(key).length;
    await bed.run(engine, 150 * 60_000);
    expect(bed.upstream.effects('bots.update')).toHaveLength(3);
    expect([bed.upstream.effects('bots.create').length, bed.eventTypes(key).length]).toEqual([0, verdicts]);
    // Of a bot that was pointed elsewhere since, nothing is proven: it would be replaced.
    bed.remote.editBot(bot.id, { websocketUrl: 'wss://stranger.example/ws' });
    await bed.run(engine, 150 * 60_000);
    expect(bed.upstream.journal.map(({ operation }) => operation)).toEqual([
      'bots.update',
      'routing.create',
      'bots.update',
      'bots.update',
    ]);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
  });

  it.each(['in mode observe', 'while writes are held'])(
    'is not activated again %s, and settled all the same',
    async (when) => {
      const { bed, key, engine } = await switchedOffMeanwhile();
      if (when === 'in mode observe') await bed.declare(key, { mode: 'observe' });
      else await bed.world.voiceLinkConnections.holdWrites(bed.connectionId, 'too much broke');
      await bed.clock.advance(2 * 3_600_000);
      expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
      expect(bed.upstream.effects('bots.update')).toHaveLength(1);
    },
  );

  it('although it was just created, is not created again', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key } = bed.did(NUMBER, { clientId: client.id });
    await bed.declare(key);
    const { upstream } = bed;
    const account = withCalls(upstream, {
      createBot: async (...input: Parameters<typeof upstream.createBot>) => {
        const outcome = await upstream.createBot(...input);
        for (const { id } of bed.remote.bots.values()) bed.remote.editBot(id, { misreported: true });
        return outcome;
      },
    });
    const engine = bed.engine({ account });
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    await bed.run(engine, 30 * 60_000);
    expect(bed.upstream.journal.map(({ operation }) => operation)).toEqual([
      'bots.create',
      'bots.update',
      'routing.create',
    ]);
  });
});
