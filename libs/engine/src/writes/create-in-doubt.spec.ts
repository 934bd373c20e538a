import { FIXTURE_SETTINGS, EngineFixture, forgetfulListMemories, withCalls } from '@dialtone/testing';
import { clientBotsResource, writeTarget } from '../ports';

const NUMBER = '918000000001';
const { inDoubtMs, leaseTtlMs } = FIXTURE_SETTINGS;

const mapped = async () => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const did = fixture.did(NUMBER, { clientId: client.id });
  await fixture.declare(did.key);
  return { fixture, client, ...did };
};

describe('a create without an answer', () => {
  it.each(['timeout_before', 'error'] as const)(
    'that did nothing (%s) is repeated, but only after the hold and a complete list that shows nothing',
    async (kind) => {
      const { fixture, key } = await mapped();
      fixture.upstream.inject({ on: 'bots.create', kind });
      const engine = fixture.engine();
      const startedAt = fixture.clock.now();
      expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });

      await fixture.run(engine, inDoubtMs - 2_000 - (fixture.clock.now() - startedAt));
      expect(fixture.upstream.journal.filter(({ operation }) => operation === 'bots.create')).toHaveLength(1);
      expect((await fixture.stored(key)).state).toBe('NO_BOT');

      await fixture.run(engine, 10_000);
      expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
      expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
      expect(fixture.world.writes.filter(({ step }) => step === 'ensure_bot').map(({ state }) => state)).toEqual([
        'not_applied',
        'done',
      ]);
    },
  );

  it('is not repeated after the hold either while the list that would prove it is not complete', async () => {
    const { fixture, key } = await mapped();
    fixture.upstream.inject({ on: 'bots.create', kind: 'timeout_before' });
    const engine = fixture.engine();
    await fixture.reconcileKey(engine, key);
    fixture.upstream.inject({ on: 'bots', kind: 'truncate', times: Infinity });
    await fixture.run(engine, 3 * inDoubtMs);
    expect(fixture.upstream.journal).toHaveLength(1);
    fixture.upstream.faults.clear();
    await fixture.run(engine, 10_000);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
  });

  it('that a partner asked for blocks ours just the same, and is not said to have failed when ours is made', async () => {
    const { fixture, client, key } = await mapped();
    const { world, connectionId } = fixture;
    const lease = await world.leases.acquire('request:any', 'gateway', leaseTtlMs);
    const intent = { key: null, bindingId: null, actor: 'a key', requestId: 'r', generation: 0, body: {} } as const;
    const id = await world.journal.begin(
      { ...intent, connectionId, step: 'request', target: writeTarget('bot-create', client.id) },
      lease === null ? [] : [lease],
    );
    await world.journal.finish(id ?? '', 'unknown', {});
    expect(await fixture.reconcileKey(fixture.engine(), key)).toMatchObject({ kind: 'progressing' });
    expect(fixture.upstream.journal).toEqual([]);

    await fixture.clock.advance(inDoubtMs + 2_001);
    expect(await fixture.reconcileKey(fixture.engine(), key)).toEqual({ kind: 'settled' });
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    expect(world.writes[0]).toMatchObject({ step: 'request', state: 'unknown' });
  });

  it('whose effect came after all is adopted, and its journal row says so', async () => {
    const { fixture, key } = await mapped();
    fixture.upstream.inject({ on: 'bots.create', kind: 'late_effect', delayMs: inDoubtMs - 5_000 });
    const engine = fixture.engine();
    await fixture.reconcileKey(engine, key);
    await fixture.run(engine, inDoubtMs + 2 * FIXTURE_SETTINGS.resyncMs);
    expect(fixture.upstream.journal.filter(({ operation }) => operation === 'bots.create')).toHaveLength(1);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
    expect(fixture.world.writes.find(({ step }) => step === 'ensure_bot')).toMatchObject({ state: 'applied' });
  });

  it('is not explained by a bot that somebody else made meanwhile: ours may still come', async () => {
    const { fixture, client, key } = await mapped();
    fixture.upstream.inject({ on: 'bots.create', kind: 'late_effect', delayMs: inDoubtMs - 5_000 });
    const engine = fixture.engine();
    await fixture.reconcileKey(engine, key);
    const theirs = fixture.remote.addBot(client.id, { websocketUrl: 'wss://stranger.example/ws' });
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    fixture.remote.editBot(theirs.id, { active: false });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    await fixture.run(engine, 2 * inDoubtMs);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
  });

  it('blocks whoever listed before its effect, although somebody else has seen that and closed it since', async () => {
    const { fixture, client, key } = await mapped();
    fixture.upstream.inject({ on: 'bots.create', kind: 'timeout_after' });
    await fixture.reconcileKey(fixture.engine(), key);
    const { upstream, world } = fixture;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      if (input[0] !== 'bots') return upstream.list(...input);
      const resource = clientBotsResource(fixture.connectionId, client.id);
      const isHeld = (await world.leases.acquire(resource, 'probe', 0)) === null;
      if (isHeld) await world.journal.resolve(['1'], 'applied');
      return { status: 'complete', rows: [] };
    }) as typeof upstream.list;
    // Nor does the memory of the listed bot help: it is not what this test is about.
    const listMemories = forgetfulListMemories(fixture.clock);
    const account = withCalls(upstream, { list });
    await fixture.reconcileKey(fixture.engine({ owner: 'slow', account, listMemories }), key);
    expect(world.writes).toMatchObject([{ state: 'applied' }]);
    expect(upstream.effects('bots.create')).toHaveLength(1);
  });

  it('of a mapping blocks whoever listed before its effect just the same', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id });
    fixture.upstream.inject({ on: 'dids.map', kind: 'late_effect', delayMs: 1_000 });
    await fixture.reconcileKey(fixture.engine(), key);
    const { upstream, world } = fixture;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      if (input[0] === 'bots') await world.journal.resolve(['1'], 'applied');
      return listing;
    }) as typeof upstream.list;
    const slow = fixture.engine({ owner: 'slow', account: withCalls(upstream, { list }) });
    expect(await fixture.reconcileKey(slow, key)).toMatchObject({ kind: 'progressing' });
    expect(world.writes).toHaveLength(1);
  });

  it('of a routing record or a mapping is closed as soon as the effect is listed', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: client.id });
    fixture.upstream.inject({ on: 'dids.map', kind: 'timeout_after' });
    fixture.upstream.inject({ on: 'routing.create', kind: 'timeout_after' });
    const engine = fixture.engine();
    await fixture.run(engine, 10_000);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
    expect(fixture.upstream.journal).toHaveLength(3);
    expect(fixture.world.writes.map(({ step, state }) => [step, state])).toEqual([
      ['client_mapping', 'applied'],
      ['ensure_bot', 'done'],
      ['ensure_routing', 'applied'],
    ]);
  });
});
