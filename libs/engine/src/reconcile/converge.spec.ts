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
