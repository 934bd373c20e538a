import type { ConnectionId, PresenceMemory } from '@dialtone/domain';
import type { KeyUpdate } from '@dialtone/engine';
import { aDidKey } from '../../builders/ids';
import { anObservation, OBSERVED_AT } from '../../builders/observed';
import type { StoreHarness } from '../harness';
import { aPlace, claimOne, declareOne, eventsOf, stateOf, store, typesOf, updateOf } from './fixtures';

/** The part of the contract of KeyStates that is about a second update of a key. */
export const describeKeyStateChanges = (harness: () => StoreHarness): void => {
  describeUnchanged(harness);
  describeIncomplete(harness);
  describeDrifts(harness);
  describeDisconnected(harness);
  describeMakingDue(harness);
  describeFirst(harness);
};

const describeFirst = (harness: () => StoreHarness): void => {
  const applyFirst = (connectionId: ConnectionId, updates: readonly KeyUpdate[]) =>
    harness().stores.keyStates.apply(connectionId, updates, { makeDue: true, areFirst: true });

  it('stores first verdicts with their events', async () => {
    const connection = await harness().given.connection();
    const updates = Array.from({ length: 600 }, () => updateOf(aDidKey(), { issues: ['NO_BOT'] }));
    const keys = updates.map(({ observation }) => observation.key);
    expect([...(await applyFirst(connection.id, updates))].sort()).toEqual([...keys].sort());
    const stored = await harness().stores.keyStates.load(connection.id);
    expect([...stored.values()].map(({ state, drift }) => [state, drift?.issues])).toEqual(
      keys.map(() => ['NO_BOT', ['NO_BOT']]),
    );
    expect(await typesOf(harness(), 'drift')).toHaveLength(600);
  });

  it('decides by what is stored when one of them has a row by now, and makes it due when it is declared', async () => {
    const { connection, binding } = await declareOne(harness());
    await harness().stores.bindingQueue.complete(await claimOne(harness()), { kind: 'settled' }, 3_600_000);
    const newer = aDidKey();
    await store(harness(), { connection, key: newer }, { at: OBSERVED_AT + 2 });
    const others = Array.from({ length: 30 }, () => aDidKey());
    const updates = [newer, binding.key, ...others].map((key) => updateOf(key, { issues: ['NO_BOT'] }));
    const written = await applyFirst(connection.id, updates);
    expect([...written].sort()).toEqual([binding.key, ...others].sort());
    expect(await stateOf(harness(), { connection, key: newer })).toMatchObject({ state: 'READY' });
    expect(await harness().stores.bindingQueue.nextDueInMs()).toBe(0);
    expect(await applyFirst(connection.id, updates)).toEqual([]);
  });
};

const describeUnchanged = (harness: () => StoreHarness): void => {
  it('writes nothing and says nothing when the facts are the same', async () => {
    const place = await aPlace(harness());
    const observation = anObservation({ key: place.key });
    await store(harness(), place, { observation });
    const again = { ...observation, observedAt: OBSERVED_AT + 60_000 };
    expect(await store(harness(), place, { observation: again })).toBe(false);
    expect(await typesOf(harness())).toEqual(['readiness.changed']);
  });

  it('stores other facts behind the same verdict without an event', async () => {
    const place = await aPlace(harness());
    await store(harness(), place, { issues: ['NO_BOT'] });
    expect(await store(harness(), place, { issues: ['NO_BOT'], facts: 'renamed', at: OBSERVED_AT + 1 })).toBe(true);
    expect(await typesOf(harness())).toEqual(['readiness.changed', 'drift.detected']);
  });
};

const describeIncomplete = (harness: () => StoreHarness): void => {
  const suspect: PresenceMemory = { did: 'present', bot: 'suspect', routing: 'present' };

  it('keeps the last complete verdict, marks it stale, remembers presence, and says nothing', async () => {
    const place = await aPlace(harness());
    await store(harness(), place, { issues: ['NO_BOT'] });
    const before = await stateOf(harness(), place);
    const seen = { incomplete: true, at: OBSERVED_AT + 1, observation: { presence: suspect } } as const;
    expect(await store(harness(), place, seen)).toBe(true);
    expect(await stateOf(harness(), place)).toEqual({ ...before, stale: true, presence: suspect });
    expect(await store(harness(), place, seen)).toBe(false);
    expect(await typesOf(harness())).toEqual(['readiness.changed', 'drift.detected']);
  });

  it('only clears the mark when the next complete observation says the same', async () => {
    const place = await aPlace(harness());
    const observation = anObservation({ key: place.key });
    await store(harness(), place, { observation });
    const before = await stateOf(harness(), place);
    await store(harness(), place, { incomplete: true, at: OBSERVED_AT + 1 });
    const seenAgain = { observation: { ...observation, observedAt: OBSERVED_AT + 2 } };
    expect(await store(harness(), place, seenAgain)).toBe(true);
    expect(await stateOf(harness(), place)).toEqual({ ...before, observedAt: OBSERVED_AT + 2 });
    expect(await typesOf(harness())).toEqual(['readiness.changed']);
  });

  it('leaves a key UNKNOWN that never had a complete verdict', async () => {
    const place = await aPlace(harness());
    expect(await store(harness(), place, { incomplete: true })).toBe(true);
    expect(await stateOf(harness(), place)).toMatchObject({ state: 'UNKNOWN', stale: true, observedAt: 0 });
    await store(harness(), place, { at: OBSERVED_AT + 1 });
    const [event] = await eventsOf(harness());
    expect(event?.data).not.toHaveProperty('previous_state');
  });
};

const describeDisconnected = (harness: () => StoreHarness): void => {
  it('stores nothing of a disconnected connection: its verdicts have ended', async () => {
    const place = await aPlace(harness());
    await store(harness(), place, {});
    await harness().given.disconnect(place.connection.id);
    expect(await store(harness(), place, { issues: ['NO_BOT'], at: OBSERVED_AT + 1 })).toBe(false);
    expect(await store(harness(), { ...place, key: aDidKey() }, {})).toBe(false);
    expect(await typesOf(harness())).toEqual(['readiness.changed']);
  });
};

const describeDrifts = (harness: () => StoreHarness): void => {
  it('tells one drift from detection to resolution under one id, in the order of the DID', async () => {
    const place = await aPlace(harness());
    const history = [['NO_BOT'], ['NO_BOT', 'ROUTING_MISSING'], ['ROUTING_MISSING'], []] as const;
    for (const [nth, issues] of history.entries()) await store(harness(), place, { issues, at: OBSERVED_AT + nth });
    const drifts = await eventsOf(harness(), 'drift');
    expect(await typesOf(harness(), 'drift')).toEqual([
      'drift.detected',
      'drift.changed',
      'drift.changed',
      'drift.resolved',
    ]);
    const data = drifts.map((event) => event.data as unknown as Record<string, unknown>);
    expect(new Set(data.map((one) => one['drift_id'])).size).toBe(1);
    expect(new Set(data.map((one) => one['opened_at'])).size).toBe(1);
    expect(data[1]).toMatchObject({ issues: ['NO_BOT', 'ROUTING_MISSING'], previous_issues: ['NO_BOT'] });
    expect(data[3]).toMatchObject({
      state: 'READY',
      issues: [],
      action_items: [],
      previous_issues: ['ROUTING_MISSING'],
    });
    expect(data[3]).toHaveProperty('resolved_at');
    const seqs = (await harness().events()).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, nth) => nth + 1));
    expect((await stateOf(harness(), place)).drift).toBeNull();
  });

  it('opens another drift for the next trouble', async () => {
    const place = await aPlace(harness());
    for (const [nth, issues] of ([['NO_BOT'], [], ['NO_BOT']] as const).entries()) {
      await store(harness(), place, { issues, at: OBSERVED_AT + nth });
    }
    const [first, , second] = await eventsOf(harness(), 'drift');
    expect(second?.type).toBe('dialtone.drift.detected.v1');
    expect((first?.data as { drift_id: string }).drift_id).not.toBe((second?.data as { drift_id: string }).drift_id);
  });

  it('does not open a drift twice when two worked it out against the same knowledge', async () => {
    const { stores } = harness();
    const { connection, key } = await aPlace(harness());
    const twice = [0, 1].map((nth) => updateOf(key, { issues: ['NO_BOT'], at: OBSERVED_AT + nth, facts: String(nth) }));
    for (const update of twice) await stores.keyStates.apply(connection.id, [update], { makeDue: false });
    expect(await typesOf(harness(), 'drift')).toEqual(['drift.detected']);
    const [event] = await eventsOf(harness(), 'drift');
    const { drift } = await stateOf(harness(), { connection, key });
    expect(drift).toMatchObject({ id: (event?.data as { drift_id: string }).drift_id, issues: ['NO_BOT'] });
  });
};

const describeMakingDue = (harness: () => StoreHarness): void => {
  const settled = async () => {
    const { connection, binding } = await declareOne(harness());
    await store(harness(), { connection, key: binding.key }, {});
    await harness().stores.bindingQueue.complete(await claimOne(harness()), { kind: 'settled' }, 3_600_000);
    return { connection, key: binding.key };
  };
  const isDue = async () => (await harness().stores.bindingQueue.nextDueInMs()) === 0;

  it('makes a declared key due when its verdict changed, if asked to', async () => {
    const place = await settled();
    expect(await isDue()).toBe(false);
    await store(harness(), place, { issues: ['NO_BOT'], at: OBSERVED_AT + 1 });
    expect(await isDue()).toBe(false);
    await store(harness(), { ...place, makeDue: true }, { issues: ['ROUTING_MISSING'], at: OBSERVED_AT + 2 });
    expect(await isDue()).toBe(true);
  });

  it('makes it due as well when other facts stand behind the same issues, but not when it is ready', async () => {
    const place = { ...(await settled()), makeDue: true };
    await store(harness(), place, { facts: 'renamed', at: OBSERVED_AT + 1 });
    expect(await isDue()).toBe(false);
    await store(harness(), { ...place, makeDue: false }, { issues: ['NO_BOT'], at: OBSERVED_AT + 2 });
    await store(harness(), place, { issues: ['NO_BOT'], facts: 'mapped', at: OBSERVED_AT + 3 });
    expect(await isDue()).toBe(true);
  });

  it('does not make it due for an incomplete observation', async () => {
    const place = { ...(await settled()), makeDue: true };
    await store(harness(), place, { incomplete: true, at: OBSERVED_AT + 1 });
    expect(await isDue()).toBe(false);
  });
};
