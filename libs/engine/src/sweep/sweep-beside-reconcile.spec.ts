import { BED_SETTINGS, EngineBed, withCalls } from '@dialtone/testing';
import { readyBed } from '../../test/ready-bed';

describe('sweep and reconcile at the same time', () => {
  it('an older sweep does not overwrite what a reconcile has seen since', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key } = bed.did('918000000001', { clientId: client.id });
    await bed.declare(key);
    const { upstream } = bed;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      await gate;
      return listing;
    }) as typeof upstream.list;
    const slow = bed.engine({
      owner: 'slow',
      account: withCalls(upstream, { list }),
    });
    const sweeping = slow.sweepOnce();
    await bed.clock.advance(50);
    expect(await bed.reconcileKey(bed.engine(), key)).toEqual({ kind: 'settled' });
    release();
    await bed.drive(sweeping);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY', drift: null });
    expect(bed.told.swept.at(-1)).toMatchObject({ changed: 0 });
  });

  it('a reconcile does not take for gone what a sweep has seen while it was reading', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const { key, didId } = bed.did('918000000001', { clientId: client.id });
    const bot = bed.remote.addBot(client.id);
    await bed.declare(key, { mode: 'observe' });
    await bed.sweep(bed.engine());
    bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    const { keyStates } = bed.world;
    let loads = 0;
    const loadOne: typeof keyStates.loadOne = async (...input) => {
      const stored = await keyStates.loadOne(...input);
      loads += 1;
      // The record is new, the sweep sees it, and then one list of the reconcile leaves it out.
      if (loads === 1) await bed.sweep(bed.engine({ owner: 'sweeper' }));
      return stored;
    };
    const { upstream } = bed;
    const list = (async (...input: Parameters<typeof upstream.list>) =>
      input[0] === 'routing' ? { status: 'complete', rows: [] } : upstream.list(...input)) as typeof upstream.list;
    const engine = bed.engine({
      keyStates: withCalls(keyStates, { loadOne }),
      account: withCalls(upstream, { list }),
    });
    await bed.reconcileKey(engine, key);
    expect((await bed.stored(key)).issues).not.toContain('ROUTING_MISSING');
  });

  it('a reconcile whose lease was lost stores nothing: what it remembers of earlier lists is not the latest', async () => {
    const { bed, dids } = await readyBed(1);
    const [did] = dids;
    if (did === undefined) throw new Error('no DID');
    bed.remote.editDid(did.didId, { clientId: null });
    const { upstream, world } = bed;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      await bed.clock.sleep(BED_SETTINGS.leaseTtlMs);
      return listing;
    }) as typeof upstream.list;
    const engine = bed.engine({
      account: withCalls(upstream, { list }),
      leases: withCalls(world.leases, { renew: () => Promise.resolve(false) }),
    });
    await bed.reconcileKey(engine, did.key);
    expect((await bed.stored(did.key)).state).toBe('READY');
  });

  it('a sweep whose lease was lost stores nothing', async () => {
    const { bed, bot, dids } = await readyBed(1);
    const [did] = dids;
    if (did === undefined) throw new Error('no DID');
    bed.remote.editDid(did.didId, { clientId: null });
    const { upstream, world, connectionId } = bed;
    await world.voiceLinkConnections.markMisreportedBot(connectionId, bot.id);
    await bed.clock.advance(1);
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      await bed.clock.sleep(BED_SETTINGS.leaseTtlMs);
      return listing;
    }) as typeof upstream.list;
    const engine = bed.engine({
      account: withCalls(upstream, { list }),
      leases: withCalls(world.leases, {
        renew: () => Promise.resolve(false),
      }),
    });
    await bed.sweep(engine);
    expect(bed.told.swept.at(-1)).toMatchObject({ changed: 0 });
    expect((await bed.stored(did.key)).state).toBe('READY');
    expect([...(await world.voiceLinkConnections.misreportedBots(connectionId)).keys()]).toEqual([bot.id]);
  });
});
