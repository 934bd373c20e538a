import { EngineBed, withCalls } from '@dialtone/testing';
import type { KeyUpdate } from '../ports/key-states';

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
