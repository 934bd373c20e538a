import type { DidKey } from '@dialtone/domain';
import type { KeySelection } from '@dialtone/engine';
import { aDidKey } from '../../builders/ids';
import { anObservation, aSpec, OBSERVED_AT } from '../../builders/observed';
import type { MakeStoreHarness, StoreHarness } from '../harness';
import {
  aPlace,
  declareOn,
  declareOne,
  eventsOf,
  freshHarness,
  present,
  stateOf,
  store,
  typesOf,
  updateOf,
} from './fixtures';
import { describeFlapping } from './flapping.contract';
import { describeKeyStateChanges } from './key-state-changes.contract';

/** The contract of the engine's KeyStates; every form of it passes the same tests. */
export const describeKeyStates = (name: string, make: MakeStoreHarness): void => {
  describe(`${name} as KeyStates`, () => {
    const harness = freshHarness(make);
    describeLoading(harness);
    describeSummary(harness);
    describeVerdicts(harness);
    describeKeyStateChanges(harness);
    describeEverListed(harness);
    describeFlapping(harness);
  });
};

const describeLoading = (harness: () => StoreHarness): void => {
  it('knows a key from its verdict, its declaration or its local row, of one connection only', async () => {
    const { stores, given } = harness();
    const { connection, key: judged } = await aPlace(harness());
    await store(harness(), { connection, key: judged }, {});
    const declared = await declareOn(harness(), connection, { clientId: 42 });
    const { id: connectionId, partnerId } = connection;
    const local = present(
      await stores.phoneNumbers.import({ partnerId, connectionId, key: aDidKey(), friendlyName: 'x' }),
    );
    const other = await given.connection();
    await store(harness(), { connection: other, key: judged }, {});

    const known = await stores.keyStates.load(connectionId);
    expect([...known.keys()].sort()).toEqual([judged, declared.key, local.key].sort());
    expect(known.get(declared.key)).toEqual(await stateOf(harness(), { connection, key: declared.key }));
    expect(known.get(declared.key)).toMatchObject({ declared: { agentId: declared.agentId, clientId: 42 } });
    expect(known.get(local.key)).toEqual({
      key: local.key,
      state: 'UNKNOWN',
      issues: [],
      advisories: [],
      flap: null,
      stale: false,
      observedAt: 0,
      presence: { did: 'unknown', bot: 'unknown', routing: 'unknown' },
      drift: null,
      digest: '',
      declared: null,
    });
    expect(await stores.keyStates.loadOne(connectionId, local.key)).toEqual(known.get(local.key));
    expect(await stores.keyStates.loadOne(connectionId, aDidKey())).toBeNull();
  });
};

const describeEverListed = (harness: () => StoreHarness): void => {
  it('knows whether any connection of the partner has ever listed a key, and tells no other partner', async () => {
    const { stores, given } = harness();
    const { connection, key } = await aPlace(harness());
    const { partnerId } = connection;
    const [other, stranger] = [await given.connection({ partnerId }), await given.connection()];
    for (const { id } of [other, stranger]) {
      const agentId = await given.agent(id === other.id ? partnerId : stranger.partnerId, `agent of ${id}`);
      await given.declare({ connectionId: id, key, spec: aSpec({ agentId }) });
    }
    const fingerprint = async () => (await stores.keyStates.summary(other.id, 1)).fingerprints.get(key.slice(-1));
    const presence = { did: 'absent', bot: 'unknown', routing: 'unknown' } as const;
    await store(harness(), { connection, key }, { observation: { did: null, presence } });
    expect((await stateOf(harness(), { connection: other, key })).presence).not.toHaveProperty('everListed');
    const before = await fingerprint();
    await store(
      harness(),
      { connection, key },
      { at: OBSERVED_AT + 1, facts: 'listed', observation: { presence: { ...presence, everListed: true } } },
    );
    for (const own of [connection, other]) {
      expect((await stateOf(harness(), { connection: own, key })).presence.everListed).toBe(true);
      expect((await stores.keyStates.load(own.id)).get(key)?.presence.everListed).toBe(true);
    }
    expect(await fingerprint()).not.toBe(before);
    expect((await stateOf(harness(), { connection: stranger, key })).presence).not.toHaveProperty('everListed');
  });
};

const describeSummary = (harness: () => StoreHarness): void => {
  it('loads the keys of a range, of some buckets, by name, or of the clients that they are declared for', async () => {
    const { connection } = await aPlace(harness());
    const keys = ['918000000101', '918000000202', '918000000302', '918000000404'] as DidKey[];
    for (const key of keys) await store(harness(), { connection, key }, {});
    // Between none of the others, as one from the sequence may be.
    const declared = await declareOn(harness(), connection, { clientId: 42, key: '917000000077' as DidKey });
    const { id: connectionId, partnerId } = connection;
    const local = '918000000502' as DidKey;
    await harness().stores.phoneNumbers.import({ partnerId, connectionId, key: local, friendlyName: 'x' });
    const load = async (only: KeySelection) =>
      [...(await harness().stores.keyStates.load(connectionId, only)).keys()].sort();
    const nothing = { kind: 'picked', buckets: [], keys: [], clientIds: [] } as const;
    const [first, second, third, fourth] = keys;

    expect(await load({ ...nothing, buckets: ['02'] })).toEqual([second, third, local]);
    expect(await load({ ...nothing, keys: ['917000000078' as DidKey, ...keys.slice(3)] })).toEqual([fourth]);
    expect(await load({ ...nothing, clientIds: [41, 42] })).toEqual([declared.key]);
    const either = await load({ ...nothing, buckets: ['101'], keys: keys.slice(0, 1), clientIds: [42] });
    expect(new Set(either)).toEqual(new Set([first, declared.key]));
    expect(await load(nothing)).toEqual([]);
    const range = { kind: 'range', after: first ?? null, through: third ?? null } as const;
    expect(await load(range)).toEqual([second, third]);
    const all = [...keys, declared.key, local].sort();
    expect(await load({ kind: 'range', after: null, through: null })).toEqual(all);
    expect(await load({ kind: 'range', after: null, through: fourth ?? null })).toEqual(
      all.filter((key) => fourth !== undefined && key <= fourth),
    );
  });

  it('sums up every bucket, and differs in exactly the buckets of what a judgement would see otherwise', async () => {
    const { stores, given } = harness();
    const connection = await given.connection();
    const { id: connectionId, partnerId } = connection;
    const [key, other] = ['918000000101', '918000000202'] as DidKey[] as [DidKey, DidKey];
    const agentId = await given.agent(partnerId);
    for (const each of [key, other]) await store(harness(), { connection, key: each }, { at: OBSERVED_AT });
    await store(harness(), { connection: await given.connection(), key }, { issues: ['NO_BOT'] });
    const place = { partnerId, connectionId, key };
    const acts: readonly (readonly [what: string, act: () => unknown])[] = [
      ['declared', () => given.declare({ connectionId, key, spec: aSpec({ agentId, clientId: null }) })],
      ['declared for a client', () => given.declare({ connectionId, key, spec: aSpec({ agentId, clientId: 7 }) })],
      ['imported', () => stores.phoneNumbers.import({ ...place, friendlyName: 'x' })],
      ['assigned', () => stores.phoneNumbers.assignAgent({ ...place, agentId })],
      ['judged otherwise', () => store(harness(), { connection, key }, { at: OBSERVED_AT + 1, issues: ['NO_BOT'] })],
      [
        'other facts',
        () => store(harness(), { connection, key }, { at: OBSERVED_AT + 2, issues: ['NO_BOT'], facts: 'x' }),
      ],
      ['stale', () => store(harness(), { connection, key }, { at: OBSERVED_AT + 3, incomplete: true })],
      ['agent deleted', () => given.deleteAgent(agentId)],
      ['undeclared', () => given.undeclare(connectionId, key)],
    ];
    let before = await stores.keyStates.summary(connectionId, 3);
    expect([...before.fingerprints.keys()].sort()).toEqual(['101', '202']);
    expect(before).toMatchObject({ keys: 2, declared: 0 });
    for (const [what, act] of acts) {
      await act();
      const after = await stores.keyStates.summary(connectionId, 3);
      const changed = [...after.fingerprints].filter(([bucket, is]) => before.fingerprints.get(bucket) !== is);
      expect([what, changed.map(([bucket]) => bucket)]).toEqual([what, ['101']]);
      expect(await stores.keyStates.summary(connectionId, 3)).toEqual(after);
      before = after;
    }
    // The same verdict seen again is nothing new.
    await store(harness(), { connection, key: other }, { at: OBSERVED_AT + 9 });
    expect(await stores.keyStates.summary(connectionId, 3)).toEqual(before);
    await given.declare({ connectionId, key: other, spec: aSpec({ agentId: await given.agent(partnerId, 'Other') }) });
    expect(await stores.keyStates.summary(connectionId, 1)).toMatchObject({ keys: 2, declared: 1 });
  });
};

const describeVerdicts = (harness: () => StoreHarness): void => {
  it('stores a verdict with its event', async () => {
    const place = await aPlace(harness());
    const observation = anObservation({ key: place.key });
    expect(await store(harness(), place, { observation })).toBe(true);
    expect(await stateOf(harness(), place)).toMatchObject({
      state: 'READY',
      issues: [],
      stale: false,
      observedAt: OBSERVED_AT,
      presence: observation.presence,
    });
    const [event] = await eventsOf(harness());
    expect(event).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      type: 'dialtone.readiness.changed.v1',
      connection_id: place.connection.id,
      key: place.key,
      seq: 1,
      data: {
        connection_id: place.connection.id,
        partner_id: place.connection.partnerId,
        key: place.key,
        phone_number: `+${place.key}`,
        seq: 1,
        occurred_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        state: 'READY',
        issues: [],
        action_items: [],
        declared: false,
        observed_at: new Date(OBSERVED_AT).toISOString(),
        did_id: observation.did?.didId,
        client_id: observation.did?.clientId,
        routing_id: observation.routing?.id,
        bot_id: observation.bots[0]?.id,
        local_phone_number_id: observation.local?.id,
        agent_id: observation.local?.agentId,
      },
    });
  });

  it('says in the event what the state was before, what to do, and that the key is declared', async () => {
    const { connection, binding } = await declareOne(harness());
    const place = { connection, key: binding.key };
    await store(harness(), place, {});
    await store(harness(), place, { issues: ['NO_BOT', 'ROUTING_MISSING'], at: OBSERVED_AT + 1 });
    const [, event] = await eventsOf(harness(), 'readiness');
    expect(event?.data).toMatchObject({
      state: 'NO_BOT',
      previous_state: 'READY',
      issues: ['NO_BOT', 'ROUTING_MISSING'],
      action_items: [{ code: 'NO_BOT' }, { code: 'ROUTING_MISSING' }],
      declared: true,
      agent_id: binding.agentId,
    });
  });

  it('leaves out an update that is older than what is stored, and takes the newest of several', async () => {
    const { stores } = harness();
    const place = await aPlace(harness());
    const older = updateOf(place.key, { issues: ['NO_BOT'], at: OBSERVED_AT });
    const newer = updateOf(place.key, { at: OBSERVED_AT + 2 });
    await stores.keyStates.apply(place.connection.id, [newer, older], { makeDue: false });
    expect(await store(harness(), place, { issues: ['NO_BOT'], at: OBSERVED_AT + 1 })).toBe(false);
    expect(await store(harness(), place, { incomplete: true, at: OBSERVED_AT + 1 })).toBe(false);
    expect(await stateOf(harness(), place)).toMatchObject({
      state: 'READY',
      stale: false,
      observedAt: OBSERVED_AT + 2,
    });
    expect(await typesOf(harness())).toEqual(['readiness.changed']);
  });

  it('stores any number of keys at once and returns those that it wrote', async () => {
    const { stores, given } = harness();
    const connection = await given.connection();
    const updates = Array.from({ length: 1_100 }, () => updateOf(aDidKey(), { issues: ['NO_BOT'] }));
    const keys = updates.map(({ observation }) => observation.key).sort();
    const apply = () => stores.keyStates.apply(connection.id, updates, { makeDue: false });
    expect([...(await apply())].sort()).toEqual(keys);
    expect((await stores.keyStates.load(connection.id)).size).toBe(1_100);
    expect(await typesOf(harness(), 'drift')).toHaveLength(1_100);
    expect(await apply()).toEqual([]);
  });
};
