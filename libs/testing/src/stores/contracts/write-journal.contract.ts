import type { Binding } from '@dialtone/domain';
import {
  clientBotsResource,
  didResource,
  writeTarget,
  type Lease,
  type WriteIntent,
  type WriteTarget,
} from '@dialtone/engine';
import type { MakeStoreHarness, StoreHarness } from '../harness';
import { declareOne, freshHarness, LONG_MS, present, updateOf } from './fixtures';

/** The contract of the engine's WriteJournal; every form of it passes the same tests. */
export const describeWriteJournal = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as WriteJournal`, () => {
    const harness = freshHarness(make);
    describeIntents(harness);
    describeRequests(harness);
    describeRecent(harness);
    describeFence(harness);
    describeResolution(harness);
  });
};

const intentOf = (binding: Binding, target: WriteTarget = 'bot-create:7'): WriteIntent => ({
  connectionId: binding.connectionId,
  key: binding.key,
  bindingId: binding.id,
  actor: 'reconciler',
  requestId: null,
  step: 'ensure_bot',
  target,
  generation: binding.generation,
  body: { name: 'Vocobase' },
});

const leaseDid = async ({ stores }: StoreHarness, binding: Binding, ttlMs = LONG_MS): Promise<Lease> => {
  const lease = await stores.leases.acquire(didResource(binding.connectionId, binding.key), 'worker', ttlMs);
  if (lease === null) throw new Error('The DID is leased.');
  return lease;
};

const describeIntents = (harness: () => StoreHarness): void => {
  it('keeps an intent as pending until its answer, with the time of the store', async () => {
    const { stores } = harness();
    const { binding } = await declareOne(harness());
    const lease = await leaseDid(harness(), binding);
    const before = await stores.storeClock.time();
    const id = present(await stores.journal.begin(intentOf(binding), [lease]));
    const after = await stores.storeClock.time();
    const [open] = await stores.journal.unresolved(binding.connectionId, 'bot-create:7');
    expect(open).toEqual({
      id,
      step: 'ensure_bot',
      target: 'bot-create:7',
      state: 'pending',
      startedAt: expect.any(Number) as number,
      body: { name: 'Vocobase' },
      answer: null,
    });
    expect(open?.startedAt).toBeGreaterThanOrEqual(before);
    expect(open?.startedAt).toBeLessThanOrEqual(after);
  });

  it.each(['done', 'failed'] as const)('closes an intent that was answered: %s', async (state) => {
    const { stores } = harness();
    const { binding } = await declareOne(harness());
    const id = present(await stores.journal.begin(intentOf(binding), [await leaseDid(harness(), binding)]));
    await stores.journal.finish(id, state, { httpStatus: 200 });
    expect(await stores.journal.unresolved(binding.connectionId, 'bot-create:7')).toEqual([]);
  });

  it('finds what is open by target and by key, oldest first', async () => {
    const { stores } = harness();
    const { binding } = await declareOne(harness());
    const lease = await leaseDid(harness(), binding);
    const ids: (string | null)[] = [];
    for (const target of ['bot-create:7', 'routing-create:1', 'bot-create:7'] as const) {
      ids.push(await stores.journal.begin(intentOf(binding, target), [lease]));
    }
    const byTarget = await stores.journal.unresolved(binding.connectionId, 'bot-create:7');
    const byKey = await stores.journal.unresolvedOfKey(binding.connectionId, binding.key);
    expect(byTarget.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect(byKey.map(({ id }) => id)).toEqual(ids);
    const { binding: other } = await declareOne(harness());
    expect(await stores.journal.unresolved(other.connectionId, 'bot-create:7')).toEqual([]);
    expect(await stores.journal.unresolvedOfKey(other.connectionId, other.key)).toEqual([]);
  });
};

const describeRequests = (harness: () => StoreHarness): void => {
  it('finds what was asked for as it is, with what was asked for, whatever it is aimed at', async () => {
    const { stores } = harness();
    const { binding } = await declareOne(harness());
    const lease = await leaseDid(harness(), binding);
    const asked = { ...intentOf(binding), actor: 'key-1', requestId: 'request-1', step: 'request' as const };
    const forClient = {
      ...asked,
      key: null,
      target: 'client-create:nila.702',
      body: { username: 'Nila.702' },
    } as const;
    const ids = [
      await stores.journal.begin(asked, [lease]),
      await stores.journal.begin(intentOf(binding), [lease]),
      await stores.journal.begin(forClient, [lease]),
      await stores.journal.begin(asked, [lease]),
    ];
    await stores.journal.finish(present(ids[2] ?? null), 'unknown', {});
    await stores.journal.finish(present(ids[3] ?? null), 'done', {});
    expect(await stores.journal.unresolvedRequests(binding.connectionId)).toEqual([
      {
        id: ids[0],
        step: 'request',
        target: 'bot-create:7',
        state: 'pending',
        startedAt: expect.any(Number) as number,
        body: { name: 'Vocobase' },
        answer: null,
      },
      {
        id: ids[2],
        step: 'request',
        target: 'client-create:nila.702',
        state: 'unknown',
        startedAt: expect.any(Number) as number,
        body: { username: 'Nila.702' },
        answer: {},
      },
    ]);
    const { binding: other } = await declareOne(harness());
    expect(await stores.journal.unresolvedRequests(other.connectionId)).toEqual([]);
  });

  it('excludes others by target, whoever asked and whether a number is known', async () => {
    const { stores } = harness();
    const { binding } = await declareOne(harness());
    const lease = await leaseDid(harness(), binding);
    const id = await stores.journal.begin({ ...intentOf(binding), key: null, step: 'request' }, [lease]);
    const open = await stores.journal.unresolved(binding.connectionId, 'bot-create:7');
    expect(open.map((write) => [write.id, write.step])).toEqual([[id, 'request']]);
    expect(await stores.journal.unresolvedOfKey(binding.connectionId, binding.key)).toEqual([]);
  });
};

const describeRecent = (harness: () => StoreHarness): void => {
  it('tells recent writes with what they were, and when their effect was proven: done, applied or open, oldest first', async () => {
    const { journal, storeClock } = harness().stores;
    const { binding } = await declareOne(harness());
    const lease = await leaseDid(harness(), binding);
    const begin = async (target: WriteTarget): Promise<string> =>
      present(await journal.begin(intentOf(binding, target), [lease]));
    const before = await storeClock.time();
    const [done, applied] = [await begin('map:1'), await begin('map:2')];
    const [failed, undone] = [await begin('map:3'), await begin('map:4')];
    await begin('map:5');
    await journal.finish(done, 'done', { id: 9 });
    await journal.finish(applied, 'unknown', {});
    await journal.resolve([applied], 'applied');
    await journal.finish(failed, 'failed', {});
    await journal.resolve([undone], 'not_applied');
    const after = await storeClock.time();
    const recent = await journal.recent(binding.connectionId, before - 1_000, binding.key);
    const { key, step, body } = intentOf(binding);
    expect(recent.map(({ target, state }) => [target, state])).toEqual([
      ['map:1', 'done'],
      ['map:2', 'applied'],
      ['map:5', 'pending'],
    ]);
    expect(recent[0]).toMatchObject({ key, step, body, answer: { id: 9 } });
    for (const { target, startedAt, seenAt } of recent) {
      expect(startedAt).toBeLessThanOrEqual(after);
      if (target === 'map:5') expect(seenAt).toBeNull();
      else expect(seenAt).toBeGreaterThanOrEqual(before - 1);
    }
    const open = await journal.recent(binding.connectionId, after + 1_000, null);
    expect(open.map(({ target }) => target)).toEqual(['map:5']);
  });

  it('tells recent writes of one number with those of all bots', async () => {
    const { journal } = harness().stores;
    const { binding } = await declareOne(harness());
    const lease = await leaseDid(harness(), binding);
    for (const target of ['map:1', 'bot-create:7'] as const) await journal.begin(intentOf(binding, target), [lease]);
    const targetsFor = async (key: Binding['key'] | null): Promise<readonly string[]> =>
      (await journal.recent(binding.connectionId, 0, key)).map(({ target }) => target);
    expect(await targetsFor(binding.key)).toEqual(['map:1', 'bot-create:7']);
    expect(await targetsFor(null)).toEqual(['map:1', 'bot-create:7']);
    const { binding: other } = await declareOne(harness());
    expect(await targetsFor(other.key)).toEqual(['bot-create:7']);
  });

  it('tells writes of one number that were proven after its verdict was observed, however long ago', async () => {
    const { journal, storeClock, keyStates } = harness().stores;
    const { binding } = await declareOne(harness());
    const lease = await leaseDid(harness(), binding);
    const observed = (at: number) =>
      keyStates.apply(binding.connectionId, [updateOf(binding.key, { at, facts: String(at) })], { makeDue: false });
    const now = await storeClock.time();
    await observed(now - 60_000);
    const id = present(await journal.begin(intentOf(binding, 'routing-create:1'), [lease]));
    await journal.finish(id, 'done', { id: 9 });
    const later = now + 3_600_000;
    const targetsFor = async (key: Binding['key'] | null): Promise<readonly string[]> =>
      (await journal.recent(binding.connectionId, later, key)).map(({ target }) => target);
    expect(await targetsFor(binding.key)).toEqual(['routing-create:1']);
    expect(await targetsFor(null)).toEqual([]);
    const { binding: other } = await declareOne(harness());
    expect(await targetsFor(other.key)).toEqual([]);
    await observed(now + 60_000);
    expect(await targetsFor(binding.key)).toEqual([]);
  });
};

const describeFence = (harness: () => StoreHarness): void => {
  const expectNothingBegun = async (binding: Binding, leases: readonly Lease[]): Promise<void> => {
    const { journal } = harness().stores;
    expect(await journal.begin(intentOf(binding), leases)).toBeNull();
    expect(await journal.unresolvedOfKey(binding.connectionId, binding.key)).toEqual([]);
  };

  it('refuses an intent under an expired lease', async () => {
    const { binding } = await declareOne(harness());
    const lease = await leaseDid(harness(), binding, 30);
    await harness().wait(80);
    await expectNothingBegun(binding, [lease]);
  });

  it('refuses an intent under a lease that somebody else, or the same owner, holds anew', async () => {
    const { binding } = await declareOne(harness());
    const lost = present(await leaseDid(harness(), binding));
    await harness().stores.leases.release(lost);
    await expectNothingBegun(binding, [lost]);
    await leaseDid(harness(), binding);
    await expectNothingBegun(binding, [lost]);
  });

  it('accepts and refuses intents that come together each by its own leases', async () => {
    const { stores } = harness();
    const { binding } = await declareOne(harness());
    const did = await leaseDid(harness(), binding);
    const leaseOf = async (client: number): Promise<Lease> =>
      present(await stores.leases.acquire(clientBotsResource('an account', client), 'worker', LONG_MS));
    const [kept, lost] = [await leaseOf(1), await leaseOf(2)];
    await stores.leases.release(lost);
    const leases = [[did], [did, lost], [did, kept], [], [lost], [kept, did]];
    const ids = await Promise.all(
      leases.map((held, nth) => stores.journal.begin(intentOf(binding, writeTarget('map', nth)), held)),
    );
    expect(ids.map((id) => id !== null)).toEqual([true, false, true, false, false, true]);
    const open = await stores.journal.unresolvedOfKey(binding.connectionId, binding.key);
    expect(Object.fromEntries(open.map(({ id, target }) => [target, id]))).toEqual({
      'map:0': ids[0],
      'map:2': ids[2],
      'map:5': ids[5],
    });
    await Promise.all([
      stores.journal.finish(present(ids[0] ?? null), 'unknown', {}),
      stores.journal.finish(present(ids[2] ?? null), 'done', { id: 1 }),
      stores.journal.finish(present(ids[5] ?? null), 'failed', { class: 'rejected' }),
    ]);
    const left = await stores.journal.unresolvedOfKey(binding.connectionId, binding.key);
    expect(left.map(({ target, state }) => [target, state])).toEqual([['map:0', 'unknown']]);
  });

  it('refuses an intent when one of several leases is lost, or when there is none', async () => {
    const { stores } = harness();
    const { binding } = await declareOne(harness());
    const kept = await leaseDid(harness(), binding);
    const lost = present(await stores.leases.acquire('client-bots:1', 'worker', LONG_MS));
    expect(await stores.journal.begin(intentOf(binding), [kept, lost])).not.toBeNull();
    const { binding: other } = await declareOne(harness());
    await stores.leases.release(lost);
    await expectNothingBegun(other, [kept, lost]);
    await expectNothingBegun(other, []);
  });
};

const describeResolution = (harness: () => StoreHarness): void => {
  it('keeps an unknown outcome open until a listing has proved it', async () => {
    const { stores } = harness();
    const { binding } = await declareOne(harness());
    const id = present(await stores.journal.begin(intentOf(binding), [await leaseDid(harness(), binding)]));
    await stores.journal.finish(id, 'unknown', { error: 'timeout' });
    expect(await stores.journal.unresolved(binding.connectionId, 'bot-create:7')).toMatchObject([{ state: 'unknown' }]);
    await stores.journal.resolve([id], 'not_applied');
    expect(await stores.journal.unresolved(binding.connectionId, 'bot-create:7')).toEqual([]);
  });

  it('does not reopen a proved write when its answer comes late', async () => {
    const { stores } = harness();
    const { binding } = await declareOne(harness());
    const id = present(await stores.journal.begin(intentOf(binding), [await leaseDid(harness(), binding)]));
    await stores.journal.resolve([id], 'applied');
    await stores.journal.finish(id, 'unknown', {});
    expect(await stores.journal.unresolvedOfKey(binding.connectionId, binding.key)).toEqual([]);
  });
};
