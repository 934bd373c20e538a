import { EngineFixture, withCalls } from '@dialtone/testing';
import type { KeyUpdate } from '../ports/key-states';

describe('an engine that swept a connection before', () => {
  /** Swept until nothing is left to find: three DIDs, one of them unmapped and declared for the second client. */
  const settledFixture = async () => {
    const fixture = await EngineFixture.make();
    const [first, second] = [fixture.remote.addClient(), fixture.remote.addClient()];
    const bots = [fixture.remote.addBot(first.id), fixture.remote.addBot(second.id)] as const;
    const filler = Array.from({ length: 40 }, (_, index) => fixture.did(`9170000${String(index).padStart(5, '0')}`));
    const mapped = fixture.did('918000000001', { clientId: first.id, expiresAt: fixture.clock.now() + 86_400_000 });
    const free = fixture.did('918000000002');
    await fixture.declare(free.key, { clientId: second.id, mode: 'observe' });
    const engine = fixture.engine();
    for (let sweep = 0; sweep < 3; sweep += 1) await fixture.sweep(engine);
    const judged = async (): Promise<number> => {
      await fixture.sweep(engine);
      return fixture.told.swept.at(-1)?.judged ?? -1;
    };
    return { fixture, engine, bots, mapped, free, filler, judged };
  };

  it('judges nothing when nothing has changed, and still counts every key', async () => {
    const { fixture, judged } = await settledFixture();
    expect(await judged()).toBe(0);
    expect(fixture.told.swept.at(-1)).toMatchObject({ keys: 42, changed: 0, warnings: [] });
  });

  it('judges a key again whose DID, routing, local row, declaration or verdict is not what it was', async () => {
    const { fixture, mapped, free, judged } = await settledFixture();
    const { partnerId, connectionId, agentId } = fixture;
    const place = { partnerId, connectionId, key: mapped.key };
    const acts: (() => unknown)[] = [
      () => {
        fixture.remote.editDid(mapped.didId, { expiresAt: fixture.clock.now() + 99_000_000 });
      },
      () => fixture.remote.addRouting(mapped.didId),
      () => fixture.world.phoneNumbers.import({ ...place, friendlyName: 'x' }),
      () => fixture.world.phoneNumbers.assignAgent({ ...place, agentId }),
      () => fixture.declare(mapped.key, { mode: 'observe' }),
      () => fixture.world.undeclare(connectionId, mapped.key),
      () => {
        fixture.remote.deleteDid(free.didId);
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
    const { fixture, bots, mapped, free, judged } = await settledFixture();
    for (const [at, key] of [mapped.key, free.key].entries()) {
      const before = (await fixture.stored(key)).digest;
      fixture.remote.editBot(bots[at]?.id ?? 0, { active: false });
      expect(await judged()).toBeGreaterThan(0);
      expect((await fixture.stored(key)).digest).not.toBe(before);
    }
  });

  it('finds that a date has passed although nobody changed anything', async () => {
    const { fixture, engine, mapped } = await settledFixture();
    fixture.remote.editDid(mapped.didId, { expired: false });
    await fixture.sweep(engine);
    // VoiceLink's own mark wins over the date: without it, the date decides.
    const unmarked = fixture.remote.rows('dids', {}).map((row) => ({ ...row, isExpired: null }));
    const account = withCalls(fixture.upstream, {
      list: async (section, filter) => {
        const listing = await fixture.upstream.list(section, filter);
        return section === 'dids' ? ({ ...listing, rows: unmarked } as unknown as typeof listing) : listing;
      },
    });
    const other = fixture.engine({ account, owner: 'other' });
    for (let sweep = 0; sweep < 3; sweep += 1) await fixture.sweep(other);
    expect((await fixture.stored(mapped.key)).issues).not.toContain('REMOTE_DID_EXPIRED');
    await fixture.clock.advance(2 * 86_400_000);
    await fixture.sweep(other);
    expect((await fixture.stored(mapped.key)).issues).toContain('REMOTE_DID_EXPIRED');
    expect(fixture.told.swept.at(-1)?.judged).toBeLessThan(42);
  });

  it('judges again what was not stored because something newer was', async () => {
    const { fixture, mapped } = await settledFixture();
    const { keyStates } = fixture.world;
    const updates: KeyUpdate[] = [];
    const noting = withCalls<typeof keyStates>(keyStates, {
      apply: (id, given, options) => {
        updates.push(...given);
        return keyStates.apply(id, given, options);
      },
    });
    const engine = fixture.engine({ owner: 'other', keyStates: noting });
    fixture.remote.editDid(mapped.didId, { clientId: null });
    for (let sweep = 0; sweep < 3; sweep += 1) await fixture.sweep(engine);
    const seen = updates.find(({ observation }) => observation.key === mapped.key);
    if (seen === undefined) throw new Error('nothing was stored');
    // Another process says that it saw something else, later than the next sweep.
    const later = { ...seen.observation, observedAt: fixture.clock.now() + 5_000 };
    await keyStates.apply(fixture.connectionId, [{ ...seen, digest: 'seen later', observation: later }], {
      makeDue: false,
    });
    await fixture.sweep(engine);
    expect((await fixture.stored(mapped.key)).digest).toBe('seen later');
    await fixture.clock.advance(10_000);
    await fixture.sweep(engine);
    expect((await fixture.stored(mapped.key)).digest).toBe(seen.digest);
  });

  it('judges everything when a list is not complete, and once more after that', async () => {
    const { fixture, mapped, judged } = await settledFixture();
    fixture.upstream.inject({ on: 'routing', kind: 'fail' });
    expect(await judged()).toBe(42);
    expect((await fixture.stored(mapped.key)).stale).toBe(true);
    expect(await judged()).toBe(42);
    expect((await fixture.stored(mapped.key)).stale).toBe(false);
  });

  it('counts a number that an odd bot row leaves without a verdict, sweep after sweep, until it has one or is gone', async () => {
    const fixture = await EngineFixture.make();
    const client = fixture.remote.addClient();
    const mapped = [1, 2, 3].map((index) => fixture.did(`91800000000${String(index)}`, { clientId: client.id }));
    fixture.did('918000000009');
    fixture.upstream.odd.set('bots', [{}]);
    const engine = fixture.engine();
    const swept = async (): Promise<readonly [keys: number, judged: number]> => {
      await fixture.sweep(engine);
      const { keys, judged } = fixture.told.swept.at(-1) ?? { keys: -1, judged: -1 };
      return [keys, judged];
    };
    for (let sweep = 0; sweep < 3; sweep += 1) expect((await swept())[0]).toBe(4);
    expect(await swept()).toEqual([4, 0]);
    expect(await fixture.world.keyStates.load(fixture.connectionId)).toHaveProperty('size', 1);
    fixture.remote.deleteDid(mapped[0]?.didId ?? 0);
    expect((await swept())[0]).toBe(3);
    expect((await swept())[0]).toBe(3);
    // Its own row changes while the others stay as they are, and are counted once.
    fixture.remote.editDid(mapped[1]?.didId ?? 0, { clientId: null });
    for (let sweep = 0; sweep < 3; sweep += 1) expect((await swept())[0]).toBe(3);
    fixture.upstream.odd.set('bots', []);
    for (let sweep = 0; sweep < 3; sweep += 1) expect((await swept())[0]).toBe(3);
    expect(await fixture.world.keyStates.load(fixture.connectionId)).toHaveProperty('size', 3);
  });
});
