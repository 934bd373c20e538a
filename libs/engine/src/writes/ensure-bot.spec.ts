import type { Listing, RemoteBot } from '@dialtone/domain';
import {
  FIXTURE_SETTINGS,
  FIXTURE_WEBSOCKET_URL,
  EngineFixture,
  type InMemoryVoiceLink,
  withCalls,
} from '@dialtone/testing';
import { clientBotsResource, type Leases } from '../ports';

const NUMBER = '918000000001';
const { leaseTtlMs } = FIXTURE_SETTINGS;

const mapped = async () => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const did = fixture.did(NUMBER, { clientId: client.id });
  await fixture.declare(did.key);
  return { fixture, client, ...did };
};

describe("a client's bots", () => {
  it('two DIDs of one client, repaired at the same time, get one bot', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const keys = [NUMBER, '918000000002', '918000000003'].map(
      (number) => fixture.did(number, { clientId: client.id }).key,
    );
    for (const key of keys) await fixture.declare(key);
    const engines = [fixture.engine({ owner: 'one' }), fixture.engine({ owner: 'two' })];
    const work = engines.map(async (engine) => {
      for (const claimed of await engine.claim(2)) await engine.reconcile(claimed);
    });
    await fixture.drive(Promise.all(work));
    await fixture.run(fixture.engine(), 5_000);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
    for (const key of keys) expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
  });

  it('DIDs of one process that all need the bot wait for it and go on, without another look at everything', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const keys = Array.from(
      { length: 8 },
      (_, n) => fixture.did(`91800000010${String(n)}`, { clientId: client.id }).key,
    );
    for (const key of keys) await fixture.declare(key);
    const lists: string[] = [];
    const { upstream } = fixture;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      if (input[1] === undefined) lists.push(input[0]);
      await fixture.clock.sleep(50);
      return upstream.list(...input);
    }) as typeof upstream.list;
    const engine = fixture.engine({ account: withCalls(upstream, { list }) });
    const claimed = await engine.claim(keys.length);
    const outcomes = await fixture.drive(Promise.all(claimed.map((one) => engine.reconcile(one))));
    expect(outcomes).toEqual(keys.map(() => ({ kind: 'settled' })));
    expect(upstream.effects('bots.create')).toHaveLength(1);
    expect(lists.filter((section) => section === 'dids').length).toBeLessThanOrEqual(3);
    for (const key of keys) expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
  });

  it('are not decided about while another holds the client: it is looked at again shortly', async () => {
    const { fixture, client, key } = await mapped();
    await fixture.world.leases.acquire(clientBotsResource(fixture.connectionId, client.id), 'other', leaseTtlMs);
    expect(await fixture.reconcileKey(fixture.engine(), key)).toMatchObject({ kind: 'progressing' });
    expect(fixture.upstream.journal).toEqual([]);
  });

  /** The upstream, with another list of bots while a process holds the client's lease. */
  const listedUnderLease = (
    { upstream, world, connectionId }: EngineFixture,
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
    const { fixture, client, key } = await mapped();
    const cut = { status: 'truncated', rows: [], message: '0 rows came, total says 1' } as const;
    const engine = fixture.engine({ account: listedUnderLease(fixture, client.id, cut) });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('are not decided about by a list of which a row cannot be read that may be theirs', async () => {
    const { fixture, client, key } = await mapped();
    const row = { identity: 5, why: 'no name, id 5', key: null, clientId: null, didId: null, beside: new Set<never>() };
    const odd = { status: 'complete', rows: [], setAside: [row] } as const;
    const engine = fixture.engine({ account: listedUnderLease(fixture, client.id, odd) });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({
      kind: 'progressing',
      reason: expect.stringContaining('no name, id 5') as string,
    });
    expect(fixture.upstream.journal).toEqual([]);
  });

  it('that the list before had are not gone when one list does not have them: no new one is made', async () => {
    const { fixture, client, key } = await mapped();
    await fixture.sweep(fixture.engine());
    fixture.remote.addBot(client.id, { websocketUrl: FIXTURE_WEBSOCKET_URL, active: false });
    const account = listedUnderLease(fixture, client.id, { status: 'complete', rows: [] });
    await fixture.reconcileKey(fixture.engine({ account }), key);
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
  });

  it('stay held while they are listed, however slowly: the one that is decided on is made', async () => {
    const { fixture, key } = await mapped();
    const { upstream, clock } = fixture;
    const list = (async (section, filter) => {
      if (section === 'bots') await clock.sleep(leaseTtlMs * 0.9);
      return upstream.list(section, filter);
    }) as InMemoryVoiceLink['list'];
    const engine = fixture.engine({ account: withCalls(upstream, { list }) });
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect(upstream.effects('bots.create')).toHaveLength(1);
  });

  it('stay held until the list shows what was sent: who would make another one waits', async () => {
    const { fixture, client, key } = await mapped();
    const { upstream, clock } = fixture;
    const ours = fixture.remote.addBot(client.id, { websocketUrl: FIXTURE_WEBSOCKET_URL, active: false });
    let sentAt = Infinity;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      if (upstream.effects('bots.update').length > 0) sentAt = Math.min(sentAt, clock.now());
      const isLate = input[0] === 'bots' && clock.now() - sentAt < FIXTURE_SETTINGS.verify.delayMs;
      return isLate ? { ...listing, rows: listing.rows.map((row) => ({ ...row, active: false })) } : listing;
    }) as typeof upstream.list;
    const account = withCalls(upstream, { list });
    const engine = fixture.engine({ account });
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    const repairing = engine.reconcile(claimed);
    await clock.advance(FIXTURE_SETTINGS.verify.delayMs / 2);
    expect(upstream.effects('bots.update')).toHaveLength(1);

    const other = fixture.did('918000000002', { clientId: client.id });
    await fixture.declare(other.key, { websocketUrl: 'wss://elsewhere.example/ws' });
    const two = fixture.engine({ owner: 'two', account });
    expect(await fixture.reconcileKey(two, other.key)).toMatchObject({ kind: 'progressing' });
    expect(await fixture.drive(repairing)).toEqual({ kind: 'settled' });
    expect(await fixture.reconcileKey(two, other.key)).toEqual({ kind: 'settled' });
    expect([...fixture.remote.bots.keys()]).toEqual([ours.id]);
    expect(fixture.remote.routings.get(other.didId)?.outboundBotId).toBe(ours.id);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
  });

  it('that appear between the plan and the lease are used instead of a new one', async () => {
    const { fixture, client, key } = await mapped();
    const { world } = fixture;
    const leases = withCalls<Leases>(world.leases, {
      acquire: (...input) => {
        if (fixture.remote.bots.size === 0) fixture.remote.addBot(client.id);
        return world.leases.acquire(...input);
      },
    });
    expect(await fixture.reconcileKey(fixture.engine({ leases }), key)).toEqual({ kind: 'settled' });
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
  });

  it('that another DID made between the plan and the lease are used also when a list leaves them out: the plan is no list of two then', async () => {
    const { fixture, client, key } = await mapped();
    const { world, upstream } = fixture;
    const other = fixture.did('918000000002', { clientId: client.id });
    for (let nth = 0; nth < 20; nth += 1) fixture.remote.addBot(fixture.remote.addClient().id);
    const settings = { staleReadsMs: 0 };
    const two = fixture.engine({ owner: 'two', settings });
    let isLeftOut = false;
    const leases = withCalls<Leases>(world.leases, {
      acquire: async (...input) => {
        if (fixture.remote.bots.size === 20) {
          await fixture.declare(other.key);
          expect(await fixture.reconcileKey(two, other.key)).toEqual({ kind: 'settled' });
          isLeftOut = true;
        }
        return world.leases.acquire(...input);
      },
    });
    const list = (async (section, filter) => {
      const listing = await upstream.list(section, filter);
      if (section !== 'bots' || !isLeftOut) return listing;
      isLeftOut = false;
      return { ...listing, rows: listing.rows.slice(0, -1) };
    }) as InMemoryVoiceLink['list'];
    const engine = fixture.engine({ leases, account: withCalls(upstream, { list }), settings });
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
    expect(isLeftOut).toBe(false);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
  });

  it("that a human brings back between the plan and the lease are used, a stranger's too", async () => {
    const { fixture, client, key } = await mapped();
    const { world } = fixture;
    const theirs = fixture.remote.addBot(client.id, { websocketUrl: 'wss://stranger.example/ws', active: false });
    const leases = withCalls<Leases>(world.leases, {
      acquire: (...input) => {
        fixture.remote.editBot(theirs.id, { active: true });
        return world.leases.acquire(...input);
      },
    });
    expect(await fixture.reconcileKey(fixture.engine({ leases }), key)).toEqual({ kind: 'settled' });
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
  });

  it('that are ours are brought back, with what a human has written into them since', async () => {
    const { fixture, client, key } = await mapped();
    const ours = fixture.remote.addBot(client.id, {
      name: 'ours',
      websocketUrl: FIXTURE_WEBSOCKET_URL,
      webhookUrl: 'https://hooks.example/a',
      active: false,
    });
    expect(await fixture.reconcileKey(fixture.engine(), key)).toEqual({ kind: 'settled' });
    expect(fixture.remote.bots.get(ours.id)).toEqual({ ...ours, active: true });
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
  });

  it('that are listed without their client stop the creation: it would be repeated with every look', async () => {
    const { fixture, client, key } = await mapped();
    const engine = fixture.engine();
    const made = fixture.remote.addBot(client.id, { name: ` vocobase +${NUMBER}` });
    fixture.remote.editBot(made.id, { clientId: null });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({
      kind: 'stalled',
      message: expect.stringContaining(`bot_id=${String(made.id)}`) as string,
    });
    expect(fixture.upstream.effects('bots.create')).toEqual([]);
  });

  it("that are a stranger's stay off: a new one is made beside them", async () => {
    const { fixture, client, key } = await mapped();
    const theirs = fixture.remote.addBot(client.id, { websocketUrl: 'wss://stranger.example/ws', active: false });
    expect(await fixture.reconcileKey(fixture.engine(), key)).toEqual({ kind: 'settled' });
    expect(fixture.remote.bots.get(theirs.id)?.active).toBe(false);
    expect(fixture.upstream.effects('bots.create')).toHaveLength(1);
  });

  it('are free for the next DID as soon as the step has ended, however it ended', async () => {
    for (const fault of ['refuse', 'rate_limit', 'timeout_before'] as const) {
      const { fixture, client, key } = await mapped();
      fixture.upstream.inject(
        fault === 'rate_limit'
          ? { on: 'bots.create', kind: fault, retryAfterMs: 1_000 }
          : { on: 'bots.create', kind: fault },
      );
      await fixture.reconcileKey(fixture.engine(), key);
      const resource = clientBotsResource(fixture.connectionId, client.id);
      expect(await fixture.world.leases.acquire(resource, 'next', leaseTtlMs)).not.toBeNull();
    }
  });
});
