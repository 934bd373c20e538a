import { BED_SETTINGS, EngineBed, withCalls } from '@dialtone/testing';
import { clientBotsResource, writeTarget } from '../ports';

const NUMBER = '918000000001';
const { inDoubtMs, leaseTtlMs } = BED_SETTINGS;

const mapped = async () => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  const did = bed.did(NUMBER, { clientId: client.id });
  await bed.declare(did.key);
  return { bed, client, ...did };
};

describe('a create without an answer', () => {
  it.each(['timeout_before', 'error'] as const)(
    'that did nothing (%s) is repeated, but only after the hold and a complete list that shows nothing',
    async (kind) => {
      const { bed, key } = await mapped();
      bed.upstream.inject({ on: 'bots.create', kind });
      const engine = bed.engine();
      const startedAt = bed.clock.now();
      expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });

      await bed.run(engine, inDoubtMs - 2_000 - (bed.clock.now() - startedAt));
      expect(bed.upstream.journal.filter(({ operation }) => operation === 'bots.create')).toHaveLength(1);
      expect((await bed.stored(key)).state).toBe('NO_BOT');

      await bed.run(engine, 10_000);
      expect(bed.upstream.effects('bots.create')).toHaveLength(1);
      expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
      expect(bed.world.writes.filter(({ step }) => step === 'ensure_bot').map(({ state }) => state)).toEqual([
        'not_applied',
        'done',
      ]);
    },
  );

  it('is not repeated after the hold either while the list that would prove it is not complete', async () => {
    const { bed, key } = await mapped();
    bed.upstream.inject({ on: 'bots.create', kind: 'timeout_before' });
    const engine = bed.engine();
    await bed.reconcileKey(engine, key);
    bed.upstream.inject({ on: 'bots', kind: 'truncate', times: Infinity });
    await bed.run(engine, 3 * inDoubtMs);
    expect(bed.upstream.journal).toHaveLength(1);
    bed.upstream.faults.clear();
    await bed.run(engine, 10_000);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
  });

  it('that a partner asked for blocks ours just the same, and is not said to have failed when ours is made', async () => {
    const { bed, client, key } = await mapped();
    const { world, connectionId } = bed;
    const lease = await world.leases.acquire('request:any', 'gateway', leaseTtlMs);
    const intent = { key: null, bindingId: null, actor: 'a key', requestId: 'r', generation: 0, body: {} } as const;
    const id = await world.journal.begin(
      { ...intent, connectionId, step: 'request', target: writeTarget('bot-create', client.id) },
      lease === null ? [] : [lease],
    );
    await world.journal.finish(id ?? '', 'unknown', {});
    expect(await bed.reconcileKey(bed.engine(), key)).toMatchObject({ kind: 'progressing' });
    expect(bed.upstream.journal).toEqual([]);

    await bed.clock.advance(inDoubtMs + 2_001);
    expect(await bed.reconcileKey(bed.engine(), key)).toEqual({ kind: 'settled' });
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    expect(world.writes[0]).toMatchObject({ step: 'request', state: 'unknown' });
  });

  it('whose effect came after all is adopted, and its journal row says so', async () => {
    const { bed, key } = await mapped();
    bed.upstream.inject({ on: 'bots.create', kind: 'late_effect', delayMs: inDoubtMs - 5_000 });
    const engine = bed.engine();
    await bed.reconcileKey(engine, key);
    await bed.run(engine, inDoubtMs + 2 * BED_SETTINGS.resyncMs);
    expect(bed.upstream.journal.filter(({ operation }) => operation === 'bots.create')).toHaveLength(1);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
    expect(bed.world.writes.find(({ step }) => step === 'ensure_bot')).toMatchObject({ state: 'applied' });
  });

  it('is not explained by a bot that somebody else made meanwhile: ours may still come', async () => {
    const { bed, client, key } = await mapped();
    bed.upstream.inject({ on: 'bots.create', kind: 'late_effect', delayMs: inDoubtMs - 5_000 });
    const engine = bed.engine();
    await bed.reconcileKey(engine, key);
    const theirs = bed.remote.addBot(client.id, { websocketUrl: 'wss://stranger.example/ws' });
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    bed.remote.editBot(theirs.id, { active: false });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    await bed.run(engine, 2 * inDoubtMs);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
  });

  it('blocks whoever listed before its effect, although somebody else has seen that and closed it since', async () => {
    const { bed, client, key } = await mapped();
    bed.upstream.inject({ on: 'bots.create', kind: 'timeout_after' });
    await bed.reconcileKey(bed.engine(), key);
    const { upstream, world } = bed;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      if (input[0] !== 'bots') return upstream.list(...input);
      const resource = clientBotsResource(bed.connectionId, client.id);
      const isHeld = (await world.leases.acquire(resource, 'probe', 0)) === null;
      if (isHeld) await world.journal.resolve(['1'], 'applied');
      return { status: 'complete', rows: [] };
    }) as typeof upstream.list;
    await bed.reconcileKey(bed.engine({ owner: 'slow', account: withCalls(upstream, { list }) }), key);
    expect(world.writes).toMatchObject([{ state: 'applied' }]);
    expect(upstream.effects('bots.create')).toHaveLength(1);
  });

  it('of a mapping blocks whoever listed before its effect just the same', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER);
    await bed.declare(key, { clientId: bed.remote.addClient().id });
    bed.upstream.inject({ on: 'dids.map', kind: 'late_effect', delayMs: 1_000 });
    await bed.reconcileKey(bed.engine(), key);
    const { upstream, world } = bed;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      if (input[0] === 'bots') await world.journal.resolve(['1'], 'applied');
      return listing;
    }) as typeof upstream.list;
    const slow = bed.engine({ owner: 'slow', account: withCalls(upstream, { list }) });
    expect(await bed.reconcileKey(slow, key)).toMatchObject({ kind: 'progressing' });
    expect(world.writes).toHaveLength(1);
  });

  it('of a routing record or a mapping is closed as soon as the effect is listed', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key } = bed.did(NUMBER);
    await bed.declare(key, { clientId: client.id });
    bed.upstream.inject({ on: 'dids.map', kind: 'timeout_after' });
    bed.upstream.inject({ on: 'routing.create', kind: 'timeout_after' });
    const engine = bed.engine();
    await bed.run(engine, 10_000);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
    expect(bed.upstream.journal).toHaveLength(3);
    expect(bed.world.writes.map(({ step, state }) => [step, state])).toEqual([
      ['client_mapping', 'applied'],
      ['ensure_bot', 'done'],
      ['ensure_routing', 'applied'],
    ]);
  });
});
