import { FIXTURE_WEBSOCKET_URL, EngineFixture, withCalls } from '@dialtone/testing';

const NUMBER = '918000000001';

describe('a declared DID', () => {
  it('is brought from nothing to READY by the six steps, each journalled and then seen in a list', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key, didId } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: client.id, botName: 'Sales' });
    const engine = fixture.engine();

    expect((await fixture.reconcile(engine)).get(key)).toEqual({ kind: 'settled' });

    expect(fixture.told.stepTaken.map(({ step, result }) => [step, result])).toEqual([
      ['import_did', 'done'],
      ['client_mapping', 'done'],
      ['ensure_bot', 'done'],
      ['ensure_routing', 'done'],
      ['assign_agent', 'done'],
    ]);
    const bot = [...fixture.remote.bots.values()][0];
    expect(bot).toMatchObject({
      clientId: client.id,
      name: 'Sales',
      websocketUrl: FIXTURE_WEBSOCKET_URL,
      active: true,
    });
    expect(fixture.remote.dids.get(didId)).toMatchObject({ clientId: client.id, callRecording: 0 });
    expect(fixture.remote.routings.get(didId)).toMatchObject({
      forInboundCall: 1,
      inboundBotId: null,
      inboundTrunkId: null,
      forOutboundCall: 3,
      outboundBotId: bot?.id,
      active: true,
    });
    expect(await fixture.world.phoneNumbers.find(fixture.connectionId, key)).toMatchObject({
      agentId: fixture.agentId,
    });
    expect(fixture.world.writes.map(({ step, target, state, actor }) => [step, target, state, actor])).toEqual([
      ['client_mapping', `map:${String(didId)}`, 'done', 'reconciler'],
      ['ensure_bot', `bot-create:${String(client.id)}`, 'done', 'reconciler'],
      ['ensure_routing', `routing-create:${String(didId)}`, 'done', 'reconciler'],
    ]);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', issues: [], stale: false, drift: null });
  });

  it('is left in peace once it is READY', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id });
    const engine = fixture.engine();
    await fixture.reconcile(engine);
    const [calls, events] = [fixture.upstream.journal.length, fixture.world.events.length];
    await fixture.run(engine, 30 * 60_000);
    expect(fixture.told.reconciled.length).toBeGreaterThan(2);
    expect(fixture.upstream.journal).toHaveLength(calls);
    expect(fixture.world.events).toHaveLength(events);
  });

  it('is told about once when it breaks, changes and heals: one drift with one id', async () => {
    const fixture = await EngineFixture.make();
    const { key, didId } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id, mode: 'observe' });
    const engine = fixture.engine();
    await fixture.reconcile(engine);
    await fixture.reconcileKey(engine, key);
    fixture.remote.addRouting(didId);
    await fixture.reconcileKey(engine, key);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id, mode: 'enforce' });
    await fixture.reconcile(engine);

    const drifts = fixture.world.events.filter(({ type }) => type.startsWith('dialtone.drift.'));
    expect(drifts.map(({ type }) => type)).toEqual([
      'dialtone.drift.detected.v1',
      'dialtone.drift.changed.v1',
      'dialtone.drift.resolved.v1',
    ]);
    expect(new Set(drifts.map(({ data }) => (data as { drift_id?: string }).drift_id)).size).toBe(1);
  });

  it('stores the verdict that it found before it repairs, so that no drift goes untold', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key } = fixture.did(NUMBER, { clientId: client.id });
    await fixture.declare(key);
    await fixture.reconcile(fixture.engine());
    const states = fixture.world.events.filter(({ type }) => type === 'dialtone.readiness.changed.v1');
    expect(states.map(({ data }) => (data as { state?: string }).state)).toEqual(['NOT_IMPORTED', 'READY']);
  });

  it('is never re-mapped: another client is left alone and reported with the remedy', async () => {
    const fixture = await EngineFixture.make();
    const [mine, theirs] = [fixture.remote.addClient(), fixture.remote.addClient()];
    const { key, didId } = fixture.did(NUMBER, { clientId: theirs.id });
    await fixture.declare(key, { clientId: mine.id });
    const outcome = await fixture.reconcileKey(fixture.engine(), key);
    expect(outcome).toMatchObject({ kind: 'stalled' });
    expect(outcome.kind === 'stalled' && outcome.message).toContain(`give client_id=${String(theirs.id)}`);
    expect(fixture.upstream.journal).toEqual([]);
    expect(fixture.remote.dids.get(didId)?.clientId).toBe(theirs.id);
  });

  it('without a client is not mapped to any: the partner has to say which', async () => {
    const fixture = await EngineFixture.make();
    fixture.remote.addClient();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key);
    expect(await fixture.reconcileKey(fixture.engine(), key)).toMatchObject({ kind: 'stalled' });
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('that nobody bought stalls, after a second complete list has confirmed it', async () => {
    const fixture = await EngineFixture.make();
    const { key, didId } = fixture.did(NUMBER);
    fixture.remote.deleteDid(didId);
    await fixture.declare(key);
    expect(await fixture.reconcileKey(fixture.engine(), key)).toMatchObject({ kind: 'stalled' });
    expect((await fixture.stored(key)).state).toBe('REMOTE_DID_NEVER_SEEN');
  });

  it('stalls when its agent is deleted', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER, { clientId: fixture.remote.addClient().id });
    await fixture.declare(key);
    await fixture.world.deleteAgent(fixture.agentId);
    const outcome = await fixture.reconcileKey(fixture.engine(), key);
    expect(outcome).toMatchObject({ kind: 'stalled', issues: ['NO_VOCOBASE_AGENT'] });
  });

  it('that was bought twice is served by the bot of the purchase that counts', async () => {
    const fixture = await EngineFixture.make();
    const [gone, current] = [fixture.remote.addClient(), fixture.remote.addClient()];
    const old = fixture.did(NUMBER, { clientId: gone.id, expired: true });
    const { didId } = fixture.did(NUMBER, { clientId: current.id });
    const bot = fixture.remote.addBot(current.id);
    expect(old.didId).toBeLessThan(didId);
    await fixture.declare(old.key);
    expect(await fixture.reconcileKey(fixture.engine(), old.key)).toEqual({ kind: 'settled' });
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
    expect(fixture.remote.routings.get(didId)?.outboundBotId).toBe(bot.id);
  });
});

describe('a repair of routing', () => {
  it('sends the inbound half back as it was read', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key, didId } = fixture.did(NUMBER, { clientId: client.id });
    const bot = fixture.remote.addBot(client.id);
    const inbound = { forInboundCall: 2, inboundTrunkId: 77, inboundBotId: null, inboundMobile: '919000000033' };
    fixture.remote.addRouting(didId, { ...inbound, forOutboundCall: 2, outboundTrunkId: 78 });
    await fixture.declare(key);
    expect(await fixture.reconcileKey(fixture.engine(), key)).toEqual({ kind: 'settled' });
    expect(fixture.remote.routings.get(didId)).toMatchObject({
      ...inbound,
      forOutboundCall: 3,
      outboundBotId: bot.id,
      outboundTrunkId: null,
    });
  });

  it.each([
    { by: 'the mapping brought with it', meddle: 'mapDid', refused: [] },
    { by: 'a human made while the bot was made', meddle: 'createBot', refused: ['routing.create'] },
  ] as const)('updates a record that $by, at most after a second one was refused', async ({ meddle, refused }) => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key, didId } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: client.id });
    const { upstream } = fixture;
    const bringing =
      <Input extends readonly unknown[], Output>(call: (...input: Input) => Promise<Output>) =>
      async (...input: Input): Promise<Output> => {
        const outcome = await call(...input);
        fixture.remote.addRouting(didId, { forInboundCall: 1, forOutboundCall: 4 });
        return outcome;
      };
    const account = withCalls(
      upstream,
      meddle === 'mapDid'
        ? { mapDid: bringing(upstream.mapDid.bind(upstream)) }
        : { createBot: bringing(upstream.createBot.bind(upstream)) },
    );
    expect(await fixture.reconcileKey(fixture.engine({ account }), key)).toEqual({ kind: 'settled' });
    const writes = ['dids.map', 'bots.create', ...refused, 'routing.update'];
    expect(upstream.journal.map(({ operation }) => operation)).toEqual(writes);
  });

  it('does not undo what a human did to the inbound half while the steps before took their time', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key, didId } = fixture.did(NUMBER, { clientId: client.id });
    fixture.remote.addRouting(didId, { forInboundCall: 1 });
    await fixture.declare(key);
    const { upstream } = fixture;
    const account = withCalls(upstream, {
      createBot: async (...input: Parameters<typeof upstream.createBot>) => {
        const outcome = await upstream.createBot(...input);
        fixture.remote.editRouting(didId, { forInboundCall: 2, inboundTrunkId: 99 });
        return outcome;
      },
    });
    expect(await fixture.reconcileKey(fixture.engine({ account }), key)).toEqual({ kind: 'settled' });
    expect(fixture.remote.routings.get(didId)).toMatchObject({
      forInboundCall: 2,
      inboundTrunkId: 99,
      forOutboundCall: 3,
    });
  });
});
