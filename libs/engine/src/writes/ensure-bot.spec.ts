import type { Listing, RemoteBot } from '@dialtone/domain';
import { BED_SETTINGS, BED_WEBSOCKET_URL, EngineBed, type InMemoryVoiceLink, withCalls } from '@dialtone/testing';
import { clientBotsResource, type Leases } from '../ports';

const NUMBER = '918000000001';
const { leaseTtlMs } = BED_SETTINGS;

const mapped = async () => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  const did = bed.did(NUMBER, { clientId: client.id });
  await bed.declare(did.key);
  return { bed, client, ...did };
};

describe("a client's bots", () => {
  it('two DIDs of one client, repaired at the same time, get one bot', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const keys = [NUMBER, '918000000002', '918000000003'].map((number) => bed.did(number, { clientId: client.id }).key);
    for (const key of keys) await bed.declare(key);
    const engines = [bed.engine({ owner: 'one' }), bed.engine({ owner: 'two' })];
    const work = engines.map(async (engine) => {
      for (const claimed of await engine.claim(2)) await engine.reconcile(claimed);
    });
    await bed.drive(Promise.all(work));
    await bed.run(bed.engine(), 5_000);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
    for (const key of keys) expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
  });

  it('are not decided about while another holds the client: it is looked at again shortly', async () => {
    const { bed, client, key } = await mapped();
    await bed.world.leases.acquire(clientBotsResource(bed.connectionId, client.id), 'other', leaseTtlMs);
    expect(await bed.reconcileKey(bed.engine(), key)).toMatchObject({ kind: 'progressing' });
    expect(bed.upstream.journal).toEqual([]);
  });

  /** The upstream, with another list of bots while somebody holds the client. */
  const listedUnderLease = (
    { upstream, world, connectionId }: EngineBed,
    clientId: number,
    listing: Listing<RemoteBot>,
  ) => {
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const resource = clientBotsResource(connectionId, clientId);
      const isHeld = (await world.leases.acquire(resource, 'probe', 0)) === null;
      return input[0] === 'bots' && isHeld ? listing : upstream.list(...input);
    }) as typeof upstream.list;
    return withCalls(upstream, { list });
  };

  it('are not decided about by a list that is cut', async () => {
    const { bed, client, key } = await mapped();
    const cut = { status: 'truncated', rows: [], message: '0 rows came, total says 1' } as const;
    const engine = bed.engine({ account: listedUnderLease(bed, client.id, cut) });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    expect(bed.upstream.journal).toEqual([]);
  });

  it('that the list before had are not gone when one list does not have them: no new one is made', async () => {
    const { bed, client, key } = await mapped();
    await bed.sweep(bed.engine());
    bed.remote.addBot(client.id, { websocketUrl: BED_WEBSOCKET_URL, active: false });
    const account = listedUnderLease(bed, client.id, { status: 'complete', rows: [] });
    await bed.reconcileKey(bed.engine({ account }), key);
    expect(bed.upstream.effects('bots.create')).toEqual([]);
  });

  it('stay held while they are listed, however slowly: the one that is decided on is made', async () => {
    const { bed, key } = await mapped();
    const { upstream, clock } = bed;
    const list = (async (section, filter) => {
      if (section === 'bots') await clock.sleep(leaseTtlMs * 0.9);
      return upstream.list(section, filter);
    }) as InMemoryVoiceLink['list'];
    const engine = bed.engine({ account: withCalls(upstream, { list }) });
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect(upstream.effects('bots.create')).toHaveLength(1);
  });

  it('stay held until the list shows what was sent: who would make another one waits', async () => {
    const { bed, client, key } = await mapped();
    const { upstream, clock } = bed;
    const ours = bed.remote.addBot(client.id, { websocketUrl: BED_WEBSOCKET_URL, active: false });
    let sentAt = Infinity;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      if (upstream.effects('bots.update').length > 0) sentAt = Math.min(sentAt, clock.now());
      const isLate = input[0] === 'bots' && clock.now() - sentAt < BED_SETTINGS.verify.delayMs;
      return isLate ? { ...listing, rows: listing.rows.map((row) => ({ ...row, active: false })) } : listing;
    }) as typeof upstream.list;
    const account = withCalls(upstream, { list });
    const engine = bed.engine({ account });
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    const repairing = engine.reconcile(claimed);
    await clock.advance(BED_SETTINGS.verify.delayMs / 2);
    expect(upstream.effects('bots.update')).toHaveLength(1);

    const other = bed.did('918000000002', { clientId: client.id });
    await bed.declare(other.key, { websocketUrl: 'wss://elsewhere.example/ws' });
    const two = bed.engine({ owner: 'two', account });
    expect(await bed.reconcileKey(two, other.key)).toMatchObject({ kind: 'progressing' });
    expect(await bed.drive(repairing)).toEqual({ kind: 'settled' });
    expect(await bed.reconcileKey(two, other.key)).toEqual({ kind: 'settled' });
    expect([...bed.remote.bots.keys()]).toEqual([ours.id]);
    expect(bed.remote.routings.get(other.didId)?.outboundBotId).toBe(ours.id);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
  });

  it('that appear between the plan and the lease are used instead of a new one', async () => {
    const { bed, client, key } = await mapped();
    const { world } = bed;
    const leases = withCalls<Leases>(world.leases, {
      acquire: (...input) => {
        if (bed.remote.bots.size === 0) bed.remote.addBot(client.id);
        return world.leases.acquire(...input);
      },
    });
    expect(await bed.reconcileKey(bed.engine({ leases }), key)).toEqual({ kind: 'settled' });
    expect(bed.upstream.effects('bots.create')).toEqual([]);
  });

  it('that appear between the plan and the lease are used also when a list leaves them out: none is made on one list', async () => {
    const { bed, client, key } = await mapped();
    const { world, upstream } = bed;
    let isLeftOut = false;
    const leases = withCalls<Leases>(world.leases, {
      acquire: (...input) => {
        if (bed.remote.bots.size === 0) {
          bed.remote.addBot(client.id);
          isLeftOut = true;
        }
        return world.leases.acquire(...input);
      },
    });
    const list = (async (section, filter) => {
      const listing = await upstream.list(section, filter);
      if (section !== 'bots' || !isLeftOut) return listing;
      isLeftOut = false;
      return { ...listing, rows: [] };
    }) as InMemoryVoiceLink['list'];
    const engine = bed.engine({ leases, account: withCalls(upstream, { list }) });
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect(bed.upstream.effects('bots.create')).toEqual([]);
  });

  it("that a human brings back between the plan and the lease are used, a stranger's too", async () => {
    const { bed, client, key } = await mapped();
    const { world } = bed;
    const theirs = bed.remote.addBot(client.id, { websocketUrl: 'wss://stranger.example/ws', active: false });
    const leases = withCalls<Leases>(world.leases, {
      acquire: (...input) => {
        bed.remote.editBot(theirs.id, { active: true });
        return world.leases.acquire(...input);
      },
    });
    expect(await bed.reconcileKey(bed.engine({ leases }), key)).toEqual({ kind: 'settled' });
    expect(bed.upstream.effects('bots.create')).toEqual([]);
  });

  it('that are ours are brought back, with what a human has written into them since', async () => {
    const { bed, client, key } = await mapped();
    const ours = bed.remote.addBot(client.id, {
      name: 'ours',
      websocketUrl: BED_WEBSOCKET_URL,
      webhookUrl: 'https://hooks.example/a',
      active: false,
    });
    expect(await bed.reconcileKey(bed.engine(), key)).toEqual({ kind: 'settled' });
    expect(bed.remote.bots.get(ours.id)).toEqual({ ...ours, active: true });
    expect(bed.upstream.effects('bots.create')).toEqual([]);
  });

  it('that are listed without their client stop the creation: it would be repeated with every look', async () => {
    const { bed, client, key } = await mapped();
    const engine = bed.engine();
    const made = bed.remote.addBot(client.id, { name: ` vocobase +${NUMBER}` });
    bed.remote.editBot(made.id, { clientId: null });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({
      kind: 'stalled',
      message: expect.stringContaining(`bot_id=${String(made.id)}`) as string,
    });
    expect(bed.upstream.effects('bots.create')).toEqual([]);
  });

  it("that are a stranger's stay off: a new one is made beside them", async () => {
    const { bed, client, key } = await mapped();
    const theirs = bed.remote.addBot(client.id, { websocketUrl: 'wss://stranger.example/ws', active: false });
    expect(await bed.reconcileKey(bed.engine(), key)).toEqual({ kind: 'settled' });
    expect(bed.remote.bots.get(theirs.id)?.active).toBe(false);
    expect(bed.upstream.effects('bots.create')).toHaveLength(1);
  });

  it('are free for the next DID as soon as the step has ended, however it ended', async () => {
    for (const fault of ['refuse', 'rate_limit', 'timeout_before'] as const) {
      const { bed, client, key } = await mapped();
      bed.upstream.inject(
        fault === 'rate_limit'
          ? { on: 'bots.create', kind: fault, retryAfterMs: 1_000 }
          : { on: 'bots.create', kind: fault },
      );
      await bed.reconcileKey(bed.engine(), key);
      const resource = clientBotsResource(bed.connectionId, client.id);
      expect(await bed.world.leases.acquire(resource, 'next', leaseTtlMs)).not.toBeNull();
    }
  });
});
