import { EngineBed, withCalls } from '@dialtone/testing';

const NUMBER = '918000000001';

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
