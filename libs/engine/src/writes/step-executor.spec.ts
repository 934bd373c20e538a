import type { Listing, RemoteBot } from '@dialtone/domain';
import { BED_SETTINGS, BED_WEBSOCKET_URL, EngineBed, type InMemoryVoiceLink, withCalls } from '@dialtone/testing';
import { clientBotsResource, didResource, type Lease, type Leases, writeTarget } from '../ports';

const NUMBER = '918000000001';
const { inDoubtMs, leaseTtlMs } = BED_SETTINGS;

const never = new Promise<never>(() => undefined);
/** Of a process that was killed: nothing of it goes on, its renewals least of all. */
const killed = (leases: Leases): Leases => withCalls(leases, { renew: () => never, release: () => never });

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

describe('a write of a process that was killed', () => {
  it.each(['before', 'after'] as const)('%s its effect is treated like one without an answer', async (when) => {
    const { bed, key } = await mapped();
    const { upstream } = bed;
    const createBot: InMemoryVoiceLink['createBot'] = async (input) => {
      if (when === 'after') await upstream.createBot(input);
      return never;
    };
    const dying = bed.engine({
      owner: 'dying',
      account: withCalls(upstream, { createBot }),
      leases: killed(bed.world.leases),
    });
    const [claimed] = await dying.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    void dying.reconcile(claimed);
    await bed.clock.advance(1_000);
    expect(bed.world.writes).toMatchObject([{ step: 'ensure_bot', state: 'pending' }]);

    const engine = bed.engine({ owner: 'next' });
    await bed.run(engine, leaseTtlMs + inDoubtMs + 2 * BED_SETTINGS.resyncMs);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
    expect(upstream.effects('bots.create')).toHaveLength(1);
    const rows = bed.world.writes.filter(({ step }) => step === 'ensure_bot').map(({ state }) => state);
    expect(rows).toEqual(when === 'after' ? ['applied'] : ['not_applied', 'done']);
  });
});

describe('fencing', () => {
  it('sends nothing once the lease of the DID has passed to somebody else', async () => {
    const { bed, key } = await mapped();
    const { world } = bed;
    const journal = withCalls(world.journal, {
      begin: async (...input: Parameters<typeof world.journal.begin>) => {
        await bed.clock.advance(leaseTtlMs + 1);
        await world.leases.acquire(didResource(bed.connectionId, key), 'other', leaseTtlMs);
        return world.journal.begin(...input);
      },
    });
    // It believes that it still holds everything.
    const leases = withCalls<Leases>(world.leases, { renew: () => Promise.resolve(true) });
    const engine = bed.engine({ journal, leases });
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    expect(await bed.drive(engine.reconcile(claimed))).toMatchObject({ kind: 'progressing' });
    expect(bed.upstream.journal).toEqual([]);
    expect(world.writes).toEqual([]);
    expect(bed.told.stepTaken.at(-1)).toMatchObject({ step: 'ensure_bot', result: 'waiting' });
  });

  it("sends nothing about a client's bots once the lease of the client has passed to somebody else", async () => {
    const { bed, client, key } = await mapped();
    const { world } = bed;
    const resource = clientBotsResource(bed.connectionId, client.id);
    const held: Lease[] = [];
    const leases = withCalls<Leases>(world.leases, {
      acquire: async (...input) => {
        const lease = await world.leases.acquire(...input);
        if (input[0] === resource && lease !== null) held.push(lease);
        return lease;
      },
    });
    const journal = withCalls(world.journal, {
      begin: async (...input: Parameters<typeof world.journal.begin>) => {
        for (const lease of held.splice(0)) await world.leases.release(lease);
        await world.leases.acquire(resource, 'other', leaseTtlMs);
        return world.journal.begin(...input);
      },
    });
    expect(await bed.reconcileKey(bed.engine({ journal, leases }), key)).toMatchObject({ kind: 'progressing' });
    expect(bed.upstream.journal).toEqual([]);
    expect(world.writes).toEqual([]);
  });

  it('sends nothing when the process was paused after its intent: others may have begun anew', async () => {
    const { bed, key } = await mapped();
    const { world } = bed;
    const journal = withCalls(world.journal, {
      begin: async (...input: Parameters<typeof world.journal.begin>) => {
        const id = await world.journal.begin(...input);
        if (world.writes.length === 1) await bed.clock.sleep(60_000);
        return id;
      },
    });
    const engine = bed.engine({ journal });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    expect(bed.upstream.journal).toEqual([]);
    expect(world.writes).toMatchObject([{ state: 'failed', answer: { class: 'not_sent' } }]);
    expect(await bed.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
  });

  it('starts no further step after the lease was lost', async () => {
    const bed = await EngineBed.make();
    const { key } = bed.did(NUMBER);
    await bed.declare(key, { clientId: bed.remote.addClient().id });
    const { world, upstream } = bed;
    const mapDid: InMemoryVoiceLink['mapDid'] = async (input) => {
      const outcome = await upstream.mapDid(input);
      await bed.clock.sleep(leaseTtlMs / 2);
      return outcome;
    };
    const leases = withCalls<Leases>(world.leases, { renew: () => Promise.resolve(false) });
    const engine = bed.engine({ account: withCalls(upstream, { mapDid }), leases });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({
      kind: 'progressing',
      reason: 'The lease of this DID was lost',
    });
    expect(upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map']);
  });
});

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

describe('a write that VoiceLink accepted', () => {
  it('counts once it is listed: a little lag is waited for', async () => {
    const { bed, key } = await mapped();
    const { upstream } = bed;
    let sentAt = Infinity;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      if (upstream.effects('bots.create').length > 0) sentAt = Math.min(sentAt, bed.clock.now());
      const isLate = input[0] === 'bots' && bed.clock.now() - sentAt < 2 * BED_SETTINGS.verify.delayMs;
      return isLate ? { status: 'complete', rows: [] } : listing;
    }) as typeof upstream.list;
    expect(await bed.reconcileKey(bed.engine({ account: withCalls(upstream, { list }) }), key)).toEqual({
      kind: 'settled',
    });
    expect(bed.world.writes.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it.each([
    ['lists without it', { status: 'complete', rows: [] }],
    ['cuts from its list', { status: 'truncated', rows: [], message: '0 rows came, total says 1' }],
    ['hides behind a list that fails', { status: 'failed', rows: [], message: 'HTTP 500' }],
  ] as const)('and %s for long counts as unknown: no second one during the hold', async (_, unseen) => {
    const { bed, key } = await mapped();
    const { upstream } = bed;
    const shownAt = bed.clock.now() + inDoubtMs / 2;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      const isSent = upstream.effects('bots.create').length > 0;
      return input[0] === 'bots' && isSent && bed.clock.now() < shownAt ? unseen : listing;
    }) as typeof upstream.list;
    const engine = bed.engine({ account: withCalls(upstream, { list }) });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    expect(bed.told.stepTaken.at(-1)).toMatchObject({ step: 'ensure_bot', result: 'unverified' });
    expect(bed.world.writes.map(({ state }) => state)).toEqual(['unknown']);
    await bed.run(engine, inDoubtMs + 2 * BED_SETTINGS.resyncMs);
    expect(upstream.effects('bots.create')).toHaveLength(1);
    expect(bed.world.writes.map(({ state }) => state)).toEqual(['applied', 'done']);
  });
});

describe('a write that VoiceLink refused', () => {
  it('is final when it would be refused again, and is told with its words', async () => {
    const { bed, key } = await mapped();
    bed.upstream.inject({ on: 'bots.create', kind: 'refuse' });
    expect(await bed.reconcileKey(bed.engine(), key)).toMatchObject({
      kind: 'stalled',
      message: 'VoiceLink refused ensure_bot: injected refusal',
    });
    expect(bed.world.writes).toMatchObject([{ state: 'failed', answer: { class: 'rejected' } }]);
  });

  it('because it cannot answer is asked again, not before it wants to be', async () => {
    const { bed, key } = await mapped();
    const failure = { class: 'unavailable', httpStatus: 503, message: 'HTTP 503', retryAfterMs: 30_000 } as const;
    const createBot: InMemoryVoiceLink['createBot'] = () => Promise.resolve({ kind: 'refused', failure });
    const engine = bed.engine({ account: withCalls(bed.upstream, { createBot }) });
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'retry', retryAfterMs: 30_000 });
    expect(await bed.world.bindingQueue.nextDueInMs()).toBe(30_000);
  });

  it('for now is asked again, not before VoiceLink wants it', async () => {
    const { bed, key } = await mapped();
    bed.upstream.inject({ on: 'bots.create', kind: 'rate_limit', retryAfterMs: 30_000 });
    const engine = bed.engine();
    expect(await bed.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    expect(await bed.world.bindingQueue.nextDueInMs()).toBeGreaterThan(30_000);
    await bed.run(engine, 40_000);
    expect(await bed.stored(key)).toMatchObject({ state: 'READY' });
  });
});
