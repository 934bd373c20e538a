import { SECTIONS } from '@dialtone/domain';
import { BED_SETTINGS, EngineBed, withCalls } from '@dialtone/testing';
import type { Engine } from '../loops/engine';
import type { KeyUpdate } from '../ports/key-states';

const { sweepIntervalMs } = BED_SETTINGS;

/** `count` declared DIDs of one client, brought to READY. */
const readyBed = async (count: number) => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  const bot = bed.remote.addBot(client.id);
  const dids = Array.from({ length: count }, (_, index) =>
    bed.did(`9180000${String(index).padStart(5, '0')}`, { clientId: client.id }),
  );
  for (const { key, didId } of dids) {
    bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    await bed.declare(key);
  }
  const engine = bed.engine();
  await bed.reconcile(engine, count);
  await bed.sweep(engine);
  return { bed, engine, client, bot, dids };
};

const nextSweepInMs = async (bed: EngineBed, engine: Engine): Promise<number> => {
  const from = bed.clock.now();
  for (let waited = 0; waited <= 2 * sweepIntervalMs; waited += 100) {
    if (await bed.drive(engine.sweepOnce())) return bed.clock.now() - from;
    await bed.clock.advance(100);
  }
  throw new Error('no sweep came');
};

describe('a sweep', () => {
  it('judges every key that VoiceLink lists, declared or not, and says what is wrong with each', async () => {
    const bed = await EngineBed.make();
    const client = bed.remote.addClient();
    const free = bed.did('918000000001');
    const mappedDid = bed.did('918000000002', { clientId: client.id });
    await bed.sweep(bed.engine());
    expect(await bed.stored(free.key)).toMatchObject({ state: 'NOT_IMPORTED', declared: null });
    expect(await bed.stored(mappedDid.key)).toMatchObject({ state: 'NOT_IMPORTED' });
    expect(bed.told.swept).toMatchObject([{ keys: 2, changed: 2, warnings: [], held: null }]);
    expect(bed.eventTypes(free.key)).toEqual(['dialtone.readiness.changed.v1', 'dialtone.drift.detected.v1']);
  });

  it('writes nothing when nothing has changed', async () => {
    const { bed, engine } = await readyBed(5);
    const events = bed.world.events.length;
    await bed.sweep(engine);
    expect(bed.told.swept.at(-1)).toMatchObject({ keys: 5, changed: 0 });
    expect(bed.world.events).toHaveLength(events);
  });

  it('makes exactly the bound keys due whose verdict has changed', async () => {
    const { bed, engine, dids } = await readyBed(3);
    const unbound = bed.did('918111111111');
    const [broken] = dids;
    if (broken === undefined) throw new Error('no DID');
    bed.remote.editRouting(broken.didId, { outboundBotId: null, forOutboundCall: 4 });
    await bed.sweep(engine);
    expect((await engine.claim(10)).map(({ binding }) => binding.key)).toEqual([broken.key]);
    expect((await bed.stored(unbound.key)).state).toBe('NOT_IMPORTED');
  });

  it('finds a drift, has it repaired, and tells both once', async () => {
    const { bed, engine, dids } = await readyBed(2);
    const [broken] = dids;
    if (broken === undefined) throw new Error('no DID');
    bed.remote.editRouting(broken.didId, { outboundBotId: null, forOutboundCall: 4 });
    const before = bed.eventTypes(broken.key).length;
    await bed.run(engine, 3 * sweepIntervalMs);
    const drift = bed
      .eventTypes(broken.key)
      .slice(before)
      .filter((type) => type.startsWith('dialtone.drift'));
    expect(drift).toEqual(['dialtone.drift.detected.v1', 'dialtone.drift.resolved.v1']);
  });

  it('schedules the next one an interval later, give or take a tenth', async () => {
    const { bed, engine } = await readyBed(1);
    const waited = await nextSweepInMs(bed, engine);
    expect(waited).toBeGreaterThanOrEqual(0.9 * sweepIntervalMs - 100);
    expect(waited).toBeLessThanOrEqual(1.1 * sweepIntervalMs + 100);
  });
});

describe('something that is missing', () => {
  it('is believed after the second complete listing, which comes soon', async () => {
    const { bed, engine, dids } = await readyBed(2);
    const [gone] = dids;
    if (gone === undefined) throw new Error('no DID');
    bed.remote.deleteDid(gone.didId);
    await bed.sweep(engine);
    expect(await bed.stored(gone.key)).toMatchObject({ state: 'READY', stale: true });
    expect(await engine.claim(10)).toEqual([]);
    expect(await nextSweepInMs(bed, engine)).toBeLessThanOrEqual(1_100);
    expect(await bed.stored(gone.key)).toMatchObject({ state: 'REMOTE_DID_DELETED', stale: false });
  });

  it('once, because the list shifted while it was paged, changes nothing', async () => {
    const { bed, engine, dids } = await readyBed(2);
    const [hidden] = dids;
    const routing = hidden && bed.remote.routings.get(hidden.didId);
    if (hidden === undefined || routing === undefined) throw new Error('no routing');
    const events = bed.world.events.length;
    bed.remote.deleteRouting(hidden.didId);
    await bed.sweep(engine);
    bed.remote.routings.set(hidden.didId, routing);
    await bed.sweep(engine);
    expect(await bed.stored(hidden.key)).toMatchObject({ state: 'READY', stale: false });
    expect(bed.world.events).toHaveLength(events);
  });

  it('does not make an ailing VoiceLink be listed every second while it cannot be confirmed', async () => {
    const { bed, engine, dids } = await readyBed(2);
    const [gone] = dids;
    if (gone === undefined) throw new Error('no DID');
    bed.remote.deleteDid(gone.didId);
    await bed.sweep(engine);
    bed.upstream.inject({ on: 'dids', kind: 'fail', times: Infinity });
    expect(await nextSweepInMs(bed, engine)).toBeLessThanOrEqual(1_100);
    expect(await nextSweepInMs(bed, engine)).toBeGreaterThan(0.8 * sweepIntervalMs);
    bed.upstream.faults.clear();
    await bed.sweep(engine);
    expect((await bed.stored(gone.key)).state).toBe('REMOTE_DID_DELETED');
  });
});

describe('a list that is not complete', () => {
  it('makes verdicts stale, says which list, and derives nothing', async () => {
    const { bed, engine, bot, dids } = await readyBed(3);
    const events = bed.world.events.filter(({ key }) => key !== null).length;
    bed.remote.editBot(bot.id, { active: false });
    bed.upstream.inject({ on: 'bots', kind: 'truncate', leaveOff: 1, times: Infinity });
    await bed.sweep(engine);
    await bed.sweep(engine);
    for (const { key } of dids) expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(bed.told.swept.at(-1)?.warnings).toMatchObject([{ section: 'bots', code: 'TRUNCATED' }]);
    expect(bed.world.events.filter(({ key }) => key !== null)).toHaveLength(events);
    expect(bed.world.events.filter(({ type }) => type === 'dialtone.warning.raised.v1')).toHaveLength(1);
    bed.upstream.faults.clear();
    await bed.sweep(engine);
    expect((await bed.stored(dids[0]?.key ?? ('' as never))).state).toBe('NO_BOT');
  });

  it('while all fail, the account is unreachable: the reason is kept, the verdicts stand, and it recovers by itself', async () => {
    const { bed, engine, dids } = await readyBed(2);
    for (const on of ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const)
      bed.upstream.inject({ on, kind: 'fail', times: Infinity });
    await bed.run(engine, 3 * sweepIntervalMs);
    for (const { key } of dids) expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: true });
    expect(bed.told.swept.at(-1)?.warnings).toHaveLength(5);
    bed.upstream.faults.clear();
    await bed.run(engine, 2 * sweepIntervalMs);
    for (const { key } of dids) expect(await bed.stored(key)).toMatchObject({ state: 'READY', stale: false });
  });

  it('says that the credentials are refused only when every list says so', async () => {
    const { bed, engine } = await readyBed(1);
    const reported = jest.spyOn(bed.world.sweepQueue, 'completeSweep');
    for (const on of SECTIONS) bed.upstream.inject({ on, kind: 'fail', unauthorized: true });
    await bed.sweep(engine);
    bed.upstream.inject({ on: 'bots', kind: 'fail', unauthorized: true });
    await bed.sweep(engine);
    expect(reported.mock.calls.map(([, report]) => report.credentialsRefused)).toEqual([true, false]);
  });
});

describe('the guard', () => {
  it('holds all writes when more than it allows broke in one sweep, tells it once, and resumes on request', async () => {
    const { bed, engine, dids } = await readyBed(11);
    const calls = bed.upstream.journal.length;
    for (const { didId } of dids) bed.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    await bed.run(engine, 3 * sweepIntervalMs);
    expect(bed.upstream.journal).toHaveLength(calls);
    expect(bed.told.swept.filter(({ held }) => held !== null)).toHaveLength(1);
    expect(bed.world.events.filter(({ type }) => type === 'dialtone.writes.held.v1')).toHaveLength(1);
    expect((await bed.stored(dids[0]?.key ?? ('' as never))).state).toBe('ROUTING_CHANGED');

    await bed.world.acknowledgeHold(bed.connectionId);
    await bed.run(engine, sweepIntervalMs);
    for (const { key } of dids) expect((await bed.stored(key)).state).toBe('READY');
  });

  it('holds once: what breaks while writes are held is no other hold', async () => {
    const { bed, engine, dids } = await readyBed(22);
    const breakSome = async (some: typeof dids) => {
      for (const { didId } of some) bed.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
      await bed.sweep(engine);
    };
    await breakSome(dids.slice(0, 11));
    const hold = await bed.world.voiceLinkConnections.find(bed.connectionId);
    await breakSome(dids.slice(11));
    expect(bed.told.swept.slice(-2)).toMatchObject([
      { changed: 11, held: hold?.writesHeld },
      { changed: 11, held: null },
    ]);
    expect(await bed.world.voiceLinkConnections.find(bed.connectionId)).toEqual(hold);
  });

  it('holds before anybody can act on what the sweep found', async () => {
    const { bed, engine, dids } = await readyBed(11);
    bed.did('918111100001');
    await bed.sweep(engine);
    for (const { didId } of dids) bed.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    const { keyStates } = bed.world;
    let heldBefore: string | null = null;
    const apply: typeof keyStates.apply = async (...input) => {
      heldBefore = (await bed.world.voiceLinkConnections.find(bed.connectionId))?.writesHeld ?? null;
      return keyStates.apply(...input);
    };
    const watching = withCalls(keyStates, { apply });
    await bed.sweep(bed.engine({ owner: 'two', keyStates: watching }));
    expect(heldBefore).toContain('11 of 11');
  });

  it('lets ten broken DIDs be repaired', async () => {
    const { bed, engine, dids } = await readyBed(11);
    for (const { didId } of dids.slice(1)) bed.remote.editRouting(didId, { outboundBotId: null, forOutboundCall: 4 });
    await bed.run(engine, 2 * sweepIntervalMs);
    for (const { key } of dids) expect((await bed.stored(key)).state).toBe('READY');
  });

  it.each(['fail', 'truncate'] as const)('does not take for broken what a list does not tell (%s)', async (kind) => {
    const { bed, engine, dids } = await readyBed(11);
    for (const section of SECTIONS) bed.upstream.inject({ on: section, kind });
    await bed.sweep(engine);
    expect(bed.told.swept.at(-1)).toMatchObject({ changed: 11, held: null });
    expect(await bed.stored(dids[0]?.key ?? ('' as never))).toMatchObject({ state: 'READY', stale: true });
  });

  it('counts only what was declared and READY', async () => {
    const bed = await EngineBed.make();
    const { connectionId, partnerId, agentId } = bed;
    const client = bed.remote.addClient();
    const bot = bed.remote.addBot(client.id);
    const engine = bed.engine();
    const keys = Array.from({ length: 30 }, (_, index) => {
      const { key, didId } = bed.did(`91800000${String(1000 + index)}`, { clientId: client.id });
      bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
      return key;
    });
    const [undeclared, unready] = [keys.slice(0, 15), keys.slice(15)];
    for (const key of undeclared) {
      await bed.world.phoneNumbers.import({ connectionId, partnerId, key, friendlyName: key });
      await bed.world.phoneNumbers.assignAgent({ connectionId, partnerId, key, agentId });
    }
    for (const key of unready) await bed.declare(key);
    await bed.sweep(engine);
    const states = await Promise.all(keys.map(async (key) => (await bed.stored(key)).state));
    expect(new Set(states)).toEqual(new Set(['READY', 'NOT_IMPORTED']));

    bed.remote.editBot(bot.id, { active: false });
    await bed.sweep(engine);
    expect(bed.told.swept.at(-1)).toMatchObject({ changed: 30, held: null });
  });
});

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

describe('an engine that swept a connection before', () => {
  /** Swept until nothing is left to find: three DIDs, one of them unmapped and declared for the second client. */
  const settledBed = async () => {
    const bed = await EngineBed.make();
    const [first, second] = [bed.remote.addClient(), bed.remote.addClient()];
    const bots = [bed.remote.addBot(first.id), bed.remote.addBot(second.id)] as const;
    const filler = Array.from({ length: 40 }, (_, index) => bed.did(`9170000${String(index).padStart(5, '0')}`));
    const mapped = bed.did('918000000001', { clientId: first.id, expiresAt: bed.clock.now() + 86_400_000 });
    const free = bed.did('918000000002');
    await bed.declare(free.key, { clientId: second.id, mode: 'observe' });
    const engine = bed.engine();
    for (let sweep = 0; sweep < 3; sweep += 1) await bed.sweep(engine);
    const judged = async (): Promise<number> => {
      await bed.sweep(engine);
      return bed.told.swept.at(-1)?.judged ?? -1;
    };
    return { bed, engine, bots, mapped, free, filler, judged };
  };

  it('judges nothing when nothing has changed, and still counts every key', async () => {
    const { bed, judged } = await settledBed();
    expect(await judged()).toBe(0);
    expect(bed.told.swept.at(-1)).toMatchObject({ keys: 42, changed: 0, warnings: [] });
  });

  it('judges a key again whose DID, routing, local row, declaration or verdict is not what it was', async () => {
    const { bed, mapped, free, judged } = await settledBed();
    const { partnerId, connectionId, agentId } = bed;
    const place = { partnerId, connectionId, key: mapped.key };
    const acts: (() => unknown)[] = [
      () => {
        bed.remote.editDid(mapped.didId, { expiresAt: bed.clock.now() + 99_000_000 });
      },
      () => bed.remote.addRouting(mapped.didId),
      () => bed.world.phoneNumbers.import({ ...place, friendlyName: 'x' }),
      () => bed.world.phoneNumbers.assignAgent({ ...place, agentId }),
      () => bed.declare(mapped.key, { mode: 'observe' }),
      () => bed.world.undeclare(connectionId, mapped.key),
      () => {
        bed.remote.deleteDid(free.didId);
      },
    ];
    for (const act of acts) {
      await act();
      const count = await judged();
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThan(42);
      // What the sweep wrote is looked at once more, and then it is known.
      for (let again = 0; again < 3; again += 1) await judged();
      expect(await judged()).toBe(0);
    }
  });

  it('judges the keys of a client again when one of its bots changes, those that are only declared for it included', async () => {
    const { bed, bots, mapped, free, judged } = await settledBed();
    for (const [at, key] of [mapped.key, free.key].entries()) {
      const before = (await bed.stored(key)).digest;
      bed.remote.editBot(bots[at]?.id ?? 0, { active: false });
      expect(await judged()).toBeGreaterThan(0);
      expect((await bed.stored(key)).digest).not.toBe(before);
    }
  });

  it('finds that a date has passed although nobody changed anything', async () => {
    const { bed, engine, mapped } = await settledBed();
    bed.remote.editDid(mapped.didId, { expired: false });
    await bed.sweep(engine);
    // VoiceLink's own mark wins over the date: without it, the date decides.
    const unmarked = bed.remote.rows('dids', {}).map((row) => ({ ...row, isExpired: null }));
    const account = withCalls(bed.upstream, {
      list: async (section, filter) => {
        const listing = await bed.upstream.list(section, filter);
        return section === 'dids' ? ({ ...listing, rows: unmarked } as unknown as typeof listing) : listing;
      },
    });
    const other = bed.engine({ account, owner: 'other' });
    for (let sweep = 0; sweep < 3; sweep += 1) await bed.sweep(other);
    expect((await bed.stored(mapped.key)).issues).not.toContain('REMOTE_DID_EXPIRED');
    await bed.clock.advance(2 * 86_400_000);
    await bed.sweep(other);
    expect((await bed.stored(mapped.key)).issues).toContain('REMOTE_DID_EXPIRED');
    expect(bed.told.swept.at(-1)?.judged).toBeLessThan(42);
  });

  it('judges again what was not stored because something newer was', async () => {
    const { bed, mapped } = await settledBed();
    const { keyStates } = bed.world;
    const updates: KeyUpdate[] = [];
    const noting = withCalls<typeof keyStates>(keyStates, {
      apply: (id, given, options) => {
        updates.push(...given);
        return keyStates.apply(id, given, options);
      },
    });
    const engine = bed.engine({ owner: 'other', keyStates: noting });
    bed.remote.editDid(mapped.didId, { clientId: null });
    for (let sweep = 0; sweep < 3; sweep += 1) await bed.sweep(engine);
    const seen = updates.find(({ observation }) => observation.key === mapped.key);
    if (seen === undefined) throw new Error('nothing was stored');
    // Another process says that it saw something else, later than the next sweep.
    const later = { ...seen.observation, observedAt: bed.clock.now() + 5_000 };
    await keyStates.apply(bed.connectionId, [{ ...seen, digest: 'seen later', observation: later }], {
      makeDue: false,
    });
    await bed.sweep(engine);
    expect((await bed.stored(mapped.key)).digest).toBe('seen later');
    await bed.clock.advance(10_000);
    await bed.sweep(engine);
    expect((await bed.stored(mapped.key)).digest).toBe(seen.digest);
  });

  it('judges everything when a list is not complete, and once more after that', async () => {
    const { bed, mapped, judged } = await settledBed();
    bed.upstream.inject({ on: 'routing', kind: 'fail' });
    expect(await judged()).toBe(42);
    expect((await bed.stored(mapped.key)).stale).toBe(true);
    expect(await judged()).toBe(42);
    expect((await bed.stored(mapped.key)).stale).toBe(false);
  });
});
