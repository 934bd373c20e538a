import { FIXTURE_SETTINGS, EngineFixture, type InMemoryVoiceLink, withCalls } from '@dialtone/testing';
import { clientBotsResource, didResource, type Lease, type Leases } from '../ports';

const NUMBER = '918000000001';
const { inDoubtMs, leaseTtlMs } = FIXTURE_SETTINGS;

const never = new Promise<never>(() => undefined);
/** Of a process that was killed: nothing of it goes on, its renewals least of all. */
const killed = (leases: Leases): Leases => withCalls(leases, { renew: () => never, release: () => never });

const mapped = async () => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const did = fixture.did(NUMBER, { clientId: client.id });
  await fixture.declare(did.key);
  return { fixture, client, ...did };
};

describe('a write of a process that was killed', () => {
  it.each(['before', 'after'] as const)('%s its effect is treated like one without an answer', async (when) => {
    const { fixture, key } = await mapped();
    const { upstream } = fixture;
    const createBot: InMemoryVoiceLink['createBot'] = async (input) => {
      if (when === 'after') await upstream.createBot(input);
      return never;
    };
    const dying = fixture.engine({
      owner: 'dying',
      account: withCalls(upstream, { createBot }),
      leases: killed(fixture.world.leases),
    });
    const [claimed] = await dying.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    void dying.reconcile(claimed);
    await fixture.clock.advance(1_000);
    expect(fixture.world.writes).toMatchObject([{ step: 'ensure_bot', state: 'pending' }]);

    const engine = fixture.engine({ owner: 'next' });
    await fixture.run(engine, leaseTtlMs + inDoubtMs + 2 * FIXTURE_SETTINGS.resyncMs);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
    expect(upstream.effects('bots.create')).toHaveLength(1);
    const rows = fixture.world.writes.filter(({ step }) => step === 'ensure_bot').map(({ state }) => state);
    expect(rows).toEqual(when === 'after' ? ['applied'] : ['not_applied', 'done']);
  });
});

describe('fencing', () => {
  it('sends nothing once the lease of the DID has passed to somebody else', async () => {
    const { fixture, key } = await mapped();
    const { world } = fixture;
    const journal = withCalls(world.journal, {
      begin: async (...input: Parameters<typeof world.journal.begin>) => {
        await fixture.clock.advance(leaseTtlMs + 1);
        await world.leases.acquire(didResource(fixture.connectionId, key), 'other', leaseTtlMs);
        return world.journal.begin(...input);
      },
    });
    // It believes that it still holds everything.
    const leases = withCalls<Leases>(world.leases, { renew: () => Promise.resolve(true) });
    const engine = fixture.engine({ journal, leases });
    const [claimed] = await engine.claim(1);
    if (claimed === undefined) throw new Error('nothing is due');
    expect(await fixture.drive(engine.reconcile(claimed))).toMatchObject({ kind: 'progressing' });
    expect(fixture.upstream.journal).toEqual([]);
    expect(world.writes).toEqual([]);
    expect(fixture.told.stepTaken.at(-1)).toMatchObject({ step: 'ensure_bot', result: 'waiting' });
  });

  it("sends nothing about a client's bots once the lease of the client has passed to somebody else", async () => {
    const { fixture, client, key } = await mapped();
    const { world } = fixture;
    const resource = clientBotsResource(fixture.connectionId, client.id);
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
    expect(await fixture.reconcileKey(fixture.engine({ journal, leases }), key)).toMatchObject({ kind: 'progressing' });
    expect(fixture.upstream.journal).toEqual([]);
    expect(world.writes).toEqual([]);
  });

  it('sends nothing when the process was paused after its intent: others may have begun anew', async () => {
    const { fixture, key } = await mapped();
    const { world } = fixture;
    const journal = withCalls(world.journal, {
      begin: async (...input: Parameters<typeof world.journal.begin>) => {
        const id = await world.journal.begin(...input);
        if (world.writes.length === 1) await fixture.clock.sleep(60_000);
        return id;
      },
    });
    const engine = fixture.engine({ journal });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    expect(fixture.upstream.journal).toEqual([]);
    expect(world.writes).toMatchObject([{ state: 'failed', answer: { class: 'not_sent' } }]);
    expect(await fixture.reconcileKey(engine, key)).toEqual({ kind: 'settled' });
  });

  it('starts no further step after the lease was lost', async () => {
    const fixture = await EngineFixture.make();
    const { key } = fixture.did(NUMBER);
    await fixture.declare(key, { clientId: fixture.remote.addClient().id });
    const { world, upstream } = fixture;
    const mapDid: InMemoryVoiceLink['mapDid'] = async (input) => {
      const outcome = await upstream.mapDid(input);
      await fixture.clock.sleep(leaseTtlMs / 2);
      return outcome;
    };
    const leases = withCalls<Leases>(world.leases, { renew: () => Promise.resolve(false) });
    const engine = fixture.engine({ account: withCalls(upstream, { mapDid }), leases });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({
      kind: 'progressing',
      reason: 'The lease of this DID was lost',
    });
    expect(upstream.journal.map(({ operation }) => operation)).toEqual(['dids.map']);
  });
});

describe('a write that VoiceLink accepted', () => {
  it('counts once it is listed: a little lag is waited for', async () => {
    const { fixture, key } = await mapped();
    const { upstream } = fixture;
    let sentAt = Infinity;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      if (upstream.effects('bots.create').length > 0) sentAt = Math.min(sentAt, fixture.clock.now());
      const isLate = input[0] === 'bots' && fixture.clock.now() - sentAt < 2 * FIXTURE_SETTINGS.verify.delayMs;
      return isLate ? { status: 'complete', rows: [] } : listing;
    }) as typeof upstream.list;
    expect(await fixture.reconcileKey(fixture.engine({ account: withCalls(upstream, { list }) }), key)).toEqual({
      kind: 'settled',
    });
    expect(fixture.world.writes.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it.each([
    ['lists without it', { status: 'complete', rows: [] }],
    ['cuts from its list', { status: 'truncated', rows: [], message: '0 rows came, total says 1' }],
    ['hides behind a list that fails', { status: 'failed', rows: [], message: 'HTTP 500' }],
  ] as const)('and %s for long counts as unknown: no second one during the hold', async (_, unseen) => {
    const { fixture, key } = await mapped();
    const { upstream } = fixture;
    const shownAt = fixture.clock.now() + inDoubtMs / 2;
    const list = (async (...input: Parameters<typeof upstream.list>) => {
      const listing = await upstream.list(...input);
      const isSent = upstream.effects('bots.create').length > 0;
      return input[0] === 'bots' && isSent && fixture.clock.now() < shownAt ? unseen : listing;
    }) as typeof upstream.list;
    const engine = fixture.engine({ account: withCalls(upstream, { list }) });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    expect(fixture.told.stepTaken.slice(-2)).toMatchObject([
      { step: 'ensure_bot', result: 'unverified' },
      { step: 'ensure_routing', result: 'unverified' },
    ]);
    expect(fixture.world.writes.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    await fixture.run(engine, inDoubtMs + 2 * FIXTURE_SETTINGS.resyncMs);
    expect(upstream.effects('bots.create')).toHaveLength(1);
    expect(fixture.world.writes.map(({ state }) => state)).toEqual(['applied', 'applied']);
  });
});

describe('a write that VoiceLink refused', () => {
  it('is final when it would be refused again, and is told with its words', async () => {
    const { fixture, key } = await mapped();
    fixture.upstream.inject({ on: 'bots.create', kind: 'refuse' });
    expect(await fixture.reconcileKey(fixture.engine(), key)).toMatchObject({
      kind: 'stalled',
      message: 'VoiceLink refused ensure_bot: injected refusal',
    });
    expect(fixture.world.writes).toMatchObject([{ state: 'failed', answer: { class: 'rejected' } }]);
  });

  it('because it cannot answer is asked again, not before it wants to be', async () => {
    const { fixture, key } = await mapped();
    const failure = { class: 'unavailable', httpStatus: 503, message: 'HTTP 503', retryAfterMs: 30_000 } as const;
    const createBot: InMemoryVoiceLink['createBot'] = () => Promise.resolve({ kind: 'refused', failure });
    const engine = fixture.engine({ account: withCalls(fixture.upstream, { createBot }) });
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'retry', retryAfterMs: 30_000 });
    expect(await fixture.world.bindingQueue.nextDueInMs()).toBe(30_000);
  });

  it('for now is asked again, not before VoiceLink wants it', async () => {
    const { fixture, key } = await mapped();
    fixture.upstream.inject({ on: 'bots.create', kind: 'rate_limit', retryAfterMs: 30_000 });
    const engine = fixture.engine();
    expect(await fixture.reconcileKey(engine, key)).toMatchObject({ kind: 'progressing' });
    expect(await fixture.world.bindingQueue.nextDueInMs()).toBeGreaterThan(30_000);
    await fixture.run(engine, 40_000);
    expect(await fixture.stored(key)).toMatchObject({ state: 'READY' });
  });
});
