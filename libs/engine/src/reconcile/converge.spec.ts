import { BED_WEBSOCKET_URL, EngineBed, withCalls } from '@dialtone/testing';

const NUMBER = '918000000001';

describe('a declared DID', () => {
  it('is brought from nothing to READY by the six steps, each journalled and then seen in a list', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key, didId } = bed.did(NUMBER);
    await bed.declare(key, { clientId: client.id, botName: 'Sales' });
    const engine = bed.engine();

    expect((await bed.reconcile(engine)).get(key)).toEqual({ kind: 'settled' });

    expect(bed.told.stepTaken.map(({ step, result }) => [step, result])).toEqual([
      ['import_did', 'done'],
      ['client_mapping', 'done'],
      ['ensure_bot', 'done'],
      ['ensure_routing', 'done'],
      ['assign_agent', 'done'],
    ]);
    const bot = [...bed.remote.bots.values()][0];
    expect(bot).toMatchObject({
      clientId: client.id,
      name: 'Sales',
      websocketUrl: BED_WEBSOCKET_URL,
      active: true,
    });
    expect(bed.remote.dids.get(didId)).toMatchObject({ clientId: client.id, callRecording: 0 });
    expect(bed.remote.routings.get(didId)).toMatchObject({
      forInboundCall: 1,
      inboundBotId: null,
      inboundTrunkId: null,
      forOutboundCall: 3,
      outboundBotId: bot?.id,
      active: true,
    });
    expect(await bed.world.phoneNumbers.find(bed.connectionId, key)).toMatchObject({ agentId: bed.agentId });
    expect(bed.world.writes.map(({ step, target, state, actor }) => [step, target, state, actor])).toEqual([
      ['client_mapping', `map:${String(didId)}`, 'done', 'reconciler'],
      ['ensure_bot', `bot-create:${String(client.id)}`, 'done', 'reconciler'],
      ['ensure_routing', `routing-create:${String(didId)}`, 'done', 'reconciler'],
    ]);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', issues: [], stale: false, drift: null });
  });

  it('is left in peace once it is READY', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER);
    await bed.declare(key, { clientId: bed.remote.addClient().id });
    const engine = bed.engine();
    await bed.reconcile(engine);
    const [calls, events] = [bed.upstream.journal.length, bed.world.events.length];
    await bed.run(engine, 30 * 60_000);
    expect(bed.told.reconciled.length).toBeGreaterThan(2);
    expect(bed.upstream.journal).toHaveLength(calls);
    expect(bed.world.events).toHaveLength(events);
  });

  it('is told about once when it breaks, changes and heals: one drift with one id', async () => {
    const bed = await EngineBed.make();
    const { key, didId } = bed.did(NUMBER);
    await bed.declare(key, { clientId: bed.remote.addClient().id, mode: 'observe' });
    const engine = bed.engine();
    await bed.reconcile(engine);
    await bed.reconcileKey(engine, key);
    bed.remote.addRouting(didId);
    await bed.reconcileKey(engine, key);
    await bed.declare(key, { clientId: bed.remote.addClient().id, mode: 'enforce' });
    await bed.reconcile(engine);

    const drifts = bed.world.events.filter(({ type }) => type.startsWith('dialtone.drift.'));
    expect(drifts.map(({ type }) => type)).toEqual([
      'dialtone.drift.detected.v1',
      'dialtone.drift.changed.v1',
      'dialtone.drift.resolved.v1',
    ]);
    expect(new Set(drifts.map(({ data }) => (data as { drift_id?: string }).drift_id)).size).toBe(1);
  });

  it('stores the verdict that it found before it repairs, so that no drift goes untold', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key } = bed.did(NUMBER, { clientId: client.id });
    await bed.declare(key);
    await bed.reconcile(bed.engine());
    const states = bed.world.events.filter(({ type }) => type === 'dialtone.readiness.changed.v1');
    expect(states.map(({ data }) => (data as { state?: string }).state)).toEqual(['NOT_IMPORTED', 'READY']);
  });

  it('is never re-mapped: another client is left alone and reported with the remedy', async () => {
    const bed = await EngineBed.make();
    const [mine, theirs] = [bed.remote.addClient(), bed.remote.addClient()];
    const { key, didId } = bed.did(NUMBER, { clientId: theirs.id });
    await bed.declare(key, { clientId: mine.id });
    const outcome = await bed.reconcileKey(bed.engine(), key);
    expect(outcome).toMatchObject({ kind: 'stalled' });
    expect(outcome.kind === 'stalled' && outcome.message).toContain(`give client_id=${String(theirs.id)}`);
    expect(bed.upstream.journal).toEqual([]);
    expect(bed.remote.dids.get(didId)?.clientId).toBe(theirs.id);
  });

  it('without a client is not mapped to any: the partner has to say which', async () => {
    const bed = await EngineBed.make();
    bed.remote.addClient();
    const { key } = bed.did(NUMBER);
    await bed.declare(key);
    expect(await bed.reconcileKey(bed.engine(), key)).toMatchObject({ kind: 'stalled' });
    expect(bed.upstream.journal).toEqual([]);
  });

  it('that nobody bought stalls, after a second complete list has confirmed it', async () => {
    const bed = await EngineBed.make();
    const { key, didId } = bed.did(NUMBER);
    bed.remote.deleteDid(didId);
    await bed.declare(key);
    expect(await bed.reconcileKey(bed.engine(), key)).toMatchObject({ kind: 'stalled' });
    expect((await bed.stored(key)).state).toBe('REMOTE_DID_DELETED');
  });

  it('stalls when its agent is deleted', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER, { clientId: bed.remote.addClient().id });
    await bed.declare(key);
    await bed.world.deleteAgent(bed.agentId);
    const outcome = await bed.reconcileKey(bed.engine(), key);
    expect(outcome).toMatchObject({ kind: 'stalled', issues: ['NO_VOCOBASE_AGENT'] });
  });

  it('that was bought twice is served by the bot of the purchase that counts', async () => {
    const bed = await EngineBed.make();
    const [gone, current] = [bed.remote.addClient(), bed.remote.addClient()];
    const old = bed.did(NUMBER, { clientId: gone.id, expired: true });
    const { didId } = bed.did(NUMBER, { clientId: current.id });
    const bot = bed.remote.addBot(current.id);
    expect(old.didId).toBeLessThan(didId);
    await bed.declare(old.key);
    expect(await bed.reconcileKey(bed.engine(), old.key)).toEqual({ kind: 'settled' });
    expect(bed.upstream.effects('bots.create')).toEqual([]);
    expect(bed.remote.routings.get(didId)?.outboundBotId).toBe(bot.id);
  });
});

describe('a repair of routing', () => {
  it('sends the inbound half back as it was read', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key, didId } = bed.did(NUMBER, { clientId: client.id });
    const bot = bed.remote.addBot(client.id);
    const inbound = { forInboundCall: 2, inboundTrunkId: 77, inboundBotId: null, inboundMobile: '919000000033' };
    bed.remote.addRouting(didId, { ...inbound, forOutboundCall: 2, outboundTrunkId: 78 });
    await bed.declare(key);
    expect(await bed.reconcileKey(bed.engine(), key)).toEqual({ kind: 'settled' });
    expect(bed.remote.routings.get(didId)).toMatchObject({
      ...inbound,
      forOutboundCall: 3,
      outboundBotId: bot.id,
      outboundTrunkId: null,
    });
  });

  it.each([
    { by: 'the mapping brought with it', meddle: 'mapDid' },
    { by: 'a human made while the bot was made', meddle: 'createBot' },
  ] as const)('updates a record that $by, instead of asking for a second one', async ({ meddle }) => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key, didId } = bed.did(NUMBER);
    await bed.declare(key, { clientId: client.id });
    const { upstream } = bed;
    const bringing =
      <Input extends readonly unknown[], Output>(call: (...input: Input) => Promise<Output>) =>
      async (...input: Input): Promise<Output> => {
        const outcome = await call(...input);
        bed.remote.addRouting(didId, { forInboundCall: 1, forOutboundCall: 4 });
        return outcome;
      };
    const account = withCalls(
      upstream,
      meddle === 'mapDid'
        ? { mapDid: bringing(upstream.mapDid.bind(upstream)) }
        : { createBot: bringing(upstream.createBot.bind(upstream)) },
    );
    expect(await bed.reconcileKey(bed.engine({ account }), key)).toEqual({ kind: 'settled' });
    expect(upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map', 'bots.create', 'routing.update']);
  });

  it('does not undo what a human did to the inbound half while the steps before took their time', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key, didId } = bed.did(NUMBER, { clientId: client.id });
    bed.remote.addRouting(didId, { forInboundCall: 1 });
    await bed.declare(key);
    const { upstream } = bed;
    const account = withCalls(upstream, {
      createBot: async (...input: Parameters<typeof upstream.createBot>) => {
        const outcome = await upstream.createBot(...input);
        bed.remote.editRouting(didId, { forInboundCall: 2, inboundTrunkId: 99 });
        return outcome;
      },
    });
    expect(await bed.reconcileKey(bed.engine({ account }), key)).toEqual({ kind: 'settled' });
    expect(bed.remote.routings.get(didId)).toMatchObject({ forInboundCall: 2, inboundTrunkId: 99, forOutboundCall: 3 });
  });
});

describe('what may not be written', () => {
  it.each([
    { name: 'observe mode', mode: 'observe', settings: {}, why: 'mode is observe' },
    { name: 'dry-run', mode: 'enforce', settings: { dryRun: true }, why: 'dry-run is on' },
  ] as const)(
    '$name: nothing leaves, nothing local changes, and the verdict says what would be done',
    async (given) => {
      const bed = await EngineBed.make();
      const { key } = bed.did(NUMBER);
      await bed.declare(key, { clientId: bed.remote.addClient().id, mode: given.mode });
      const engine = bed.engine({ settings: given.settings });
      expect(await bed.reconcileKey(engine, key)).toMatchObject({
        kind: 'stalled',
        message: `Import +918000000001 into local phone-number inventory (not done: ${given.why})`,
      });
      expect(bed.upstream.journal).toEqual([]);
      expect(bed.world.writes).toEqual([]);
      expect(await bed.world.phoneNumbers.find(bed.connectionId, key)).toBeNull();
      expect((await bed.stored(key)).state).toBe('NOT_IMPORTED');
    },
  );

  it('held writes: local steps go on, what would leave for VoiceLink does not, until somebody acknowledges', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER);
    await bed.declare(key, { clientId: bed.remote.addClient().id });
    await bed.world.voiceLinkConnections.holdWrites(bed.connectionId, 'too much broke');
    const engine = bed.engine();
    const outcome = await bed.reconcileKey(engine, key);
    expect(outcome).toMatchObject({ kind: 'stalled' });
    expect(outcome.kind === 'stalled' && outcome.message).toContain('held: too much broke');
    expect(bed.upstream.journal).toEqual([]);
    expect(await bed.world.phoneNumbers.find(bed.connectionId, key)).not.toBeNull();

    await bed.world.acknowledgeHold(bed.connectionId);
    expect((await bed.reconcile(engine)).get(key)).toEqual({ kind: 'settled' });
  });

  it('a hold that comes during the steps stops those that are left', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER);
    await bed.declare(key, { clientId: bed.remote.addClient().id });
    const { upstream } = bed;
    const account = withCalls(upstream, {
      mapDid: async (...input: Parameters<typeof upstream.mapDid>) => {
        const outcome = await upstream.mapDid(...input);
        await bed.world.voiceLinkConnections.holdWrites(bed.connectionId, 'too much broke');
        return outcome;
      },
    });
    expect(await bed.reconcileKey(bed.engine({ account }), key)).toMatchObject({ kind: 'stalled' });
    expect(bed.upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map']);
  });

  it('a disconnect during the steps stops those that are left', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER);
    await bed.declare(key, { clientId: bed.remote.addClient().id });
    const { upstream } = bed;
    const account = withCalls(upstream, {
      mapDid: async (...input: Parameters<typeof upstream.mapDid>) => {
        const outcome = await upstream.mapDid(...input);
        await bed.world.disconnect(bed.connectionId);
        return outcome;
      },
    });
    await bed.reconcileKey(bed.engine({ account }), key);
    expect(bed.upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map']);
  });

  it('a disconnect while the lists are read leaves no local row behind', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER);
    await bed.declare(key);
    const { upstream } = bed;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      await bed.world.disconnect(bed.connectionId);
      return listing;
    }) as typeof upstream.list;
    const engine = bed.engine({ account: withCalls(upstream, { list }) });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({
      kind: 'stalled',
      message: expect.stringContaining('disconnected') as string,
    });
    expect(await bed.world.phoneNumbers.find(bed.connectionId, key)).toBeNull();
  });
});

describe('an incomplete list', () => {
  it('of bots makes no NO_BOT and no bot: the stored verdict stands, marked stale', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER);
    await bed.declare(key, { clientId: bed.remote.addClient().id });
    const engine = bed.engine();
    await bed.reconcile(engine);
    const calls = bed.upstream.journal.length;
    bed.upstream.inject({ on: 'bots', kind: 'fail', times: Infinity });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'retry' });
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true });
    await bed.sweep(engine);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(bed.upstream.journal).toHaveLength(calls);

    bed.upstream.faults.clear();
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: false });
  });

  it.each(['dids', 'bots', 'routing'] as const)('of %s is never acted on, however it ends', async (section) => {
    for (const kind of ['fail', 'truncate'] as const) {
      const bed = await EngineBed.make();
      const client = bed.remote.addClient();
      const { key, didId } = bed.did(NUMBER, { clientId: client.id });
      const bot = bed.remote.addBot(client.id);
      bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
      await bed.declare(key);
      bed.upstream.inject({ on: section, kind, times: Infinity });
      expect(await bed.reconcileKey(bed.engine(), key)).toMatchObject({ kind: 'retry' });
      expect(bed.upstream.journal).toEqual([]);
      expect(bed.eventTypes(key).filter((type) => type.startsWith('dialtone.drift'))).toEqual([]);
    }
  });

  it('is read once more before anything is said about it', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER);
    await bed.declare(key, { clientId: bed.remote.addClient().id });
    bed.upstream.inject({ on: 'routing', kind: 'truncate' });
    expect(await bed.reconcileKey(bed.engine(), key)).toEqual({ kind: 'settled' });
  });

  it('does not turn a gap into an absence when only other things are looked at again', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key, didId } = bed.did(NUMBER, { clientId: client.id });
    const bot = bed.remote.addBot(client.id);
    bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    const engine = bed.engine();
    await bed.sweep(engine);
    await bed.declare(key);
    // First list of routing fails, the second leaves the record out: that is one complete list without it, not two.
    bed.upstream.inject({ on: 'routing', kind: 'fail' });
    bed.remote.deleteRouting(didId);
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'retry' });
    expect(bed.told.stepTaken.map(({ step }) => step)).toEqual(['import_did']);
    expect(bed.upstream.effects('routing.create')).toEqual([]);
  });
});

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
