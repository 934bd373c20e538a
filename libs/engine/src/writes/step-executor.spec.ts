import { BED_SETTINGS, EngineBed, type InMemoryVoiceLink, withCalls } from '@dialtone/testing';
import { clientBotsResource, didResource, type Lease, type Leases } from '../ports';

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
