import { FIXTURE_SETTINGS, EngineFixture, withCalls } from '@dialtone/testing';
import { readyFixture } from '../../test/ready-fixture';

describe('sweep and reconcile at the same time', () => {
  it('an older sweep does not overwrite what a reconcile has seen since', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key } = fixture.did('918000000001', { clientId: client.id });
    await fixture.declare(key);
    const { upstream } = fixture;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      await gate;
      return listing;
    }) as typeof upstream.list;
    const slow = fixture.engine({
      owner: 'slow',
      account: withCalls(upstream, { list }),
    });
    const sweeping = slow.sweepOnce();
    await fixture.clock.advance(50);
    expect(await fixture.reconcileKey(fixture.engine(), key)).toEqual({ kind: 'settled' });
    release();
    await fixture.drive(sweeping);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY', drift: null });
    expect(fixture.told.swept.at(-1)).toMatchObject({ changed: 0 });
  });

  it('a reconcile does not take for gone what a sweep has seen while it was reading', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const { key, didId } = fixture.did('918000000001', { clientId: client.id });
    const bot = fixture.remote.addBot(client.id);
    await fixture.declare(key, { mode: 'observe' });
    await fixture.sweep(fixture.engine());
    fixture.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    const { keyStates } = fixture.world;
    let loads = 0;
    const loadOne: typeof keyStates.loadOne = async (...input) => {
      const stored = await keyStates.loadOne(...input);
      loads += 1;
      // The record is new, the sweep sees it, and then one list of the reconcile leaves it out.
      if (loads === 1) await fixture.sweep(fixture.engine({ owner: 'sweeper' }));
      return stored;
    };
    const { upstream } = fixture;
    const list = (async (...input: Parameters<typeof upstream.list>) =>
      input[0] === 'routing' ? { status: 'complete', rows: [] } : upstream.list(...input)) as typeof upstream.list;
    const engine = fixture.engine({
      keyStates: withCalls(keyStates, { loadOne }),
      account: withCalls(upstream, { list }),
    });
    await fixture.reconcileKey(engine, key);
    expect((await fixture.stored(key)).issues).not.toContain('ROUTING_MISSING');
  });

  it('a reconcile whose lease was lost stores nothing: what it remembers of earlier lists is not the latest', async () => {
    const { fixture, dids } = await readyFixture(1);
    const [did] = dids;
    if (did === undefined) throw new Error('no DID');
    fixture.remote.editDid(did.didId, { clientId: null });
    const { upstream, world } = fixture;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      await fixture.clock.sleep(FIXTURE_SETTINGS.leaseTtlMs);
      return listing;
    }) as typeof upstream.list;
    const engine = fixture.engine({
      account: withCalls(upstream, { list }),
      leases: withCalls(world.leases, { renew: () => Promise.resolve(false) }),
    });
    await fixture.reconcileKey(engine, did.key);
    expect((await fixture.stored(did.key)).state).toBe('READY');
  });

  it('a sweep whose lease was lost stores nothing', async () => {
    const { fixture, bot, dids } = await readyFixture(1);
    const [did] = dids;
    if (did === undefined) throw new Error('no DID');
    fixture.remote.editDid(did.didId, { clientId: null });
    const { upstream, world, connectionId } = fixture;
    await world.voiceLinkConnections.markMisreportedBot(connectionId, bot.id);
    await fixture.clock.advance(1);
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      await fixture.clock.sleep(FIXTURE_SETTINGS.leaseTtlMs);
      return listing;
    }) as typeof upstream.list;
    const engine = fixture.engine({
      account: withCalls(upstream, { list }),
      leases: withCalls(world.leases, {
        renew: () => Promise.resolve(false),
      }),
    });
    await fixture.sweep(engine);
    expect(fixture.told.swept.at(-1)).toMatchObject({ changed: 0 });
    expect((await fixture.stored(did.key)).state).toBe('READY');
    expect([...(await world.voiceLinkConnections.misreportedBots(connectionId)).keys()]).toEqual([bot.id]);
  });
});
