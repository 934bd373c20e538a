import type { DidKey } from '@dialtone/domain';
import { isNews, neverSeen, type SweepableConnection } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import {
  aDid,
  aDidKey,
  anObservation,
  aRouting,
  aSpec,
  expectSoundEvents,
  OBSERVED_AT,
  updateOf,
} from '@dialtone/testing';
import type { Stores } from '../store-types';

const postgres = usePostgres();
let connection: SweepableConnection;
beforeEach(async () => {
  connection = await postgres.given.connection();
});
afterEach(async () => {
  expectSoundEvents(await postgres.events());
});

const { query } = postgres;
const declare = async (key = aDidKey()): Promise<DidKey> => {
  const spec = aSpec({ agentId: await postgres.given.agent(connection.partnerId) });
  await postgres.given.declare({ connectionId: connection.id, key, spec });
  return key;
};
type Updates = Parameters<Stores['keyStates']['apply']>[1];
const apply = (updates: Updates) => postgres.stores.keyStates.apply(connection.id, updates, { makeDue: true });
/** As a sweep does: the store gets only what differs from the stored rows. */
const applyNews = async (updates: Updates) => {
  const stored = await postgres.stores.keyStates.load(connection.id);
  return apply(
    updates.filter((update) => {
      const { key } = update.observation;
      return isNews(update, stored.get(key) ?? neverSeen(key).stored);
    }),
  );
};

describe('verdicts', () => {
  it('writes and locks no row when nothing changed', async () => {
    const keys = [aDidKey(), aDidKey(), await declare()];
    const observations = keys.map((key) => anObservation({ key }));
    const updatesAt = (at: number) =>
      observations.map((observation) =>
        updateOf(observation.key, { at, observation: { ...observation, observedAt: at } }),
      );
    expect(await apply(updatesAt(OBSERVED_AT))).toHaveLength(3);
    const versions = () =>
      query(
        `select key, ctid::text, xmin::text, xmax::text from dids union all select key, ctid::text, xmin::text, xmax::text from bindings order by 1, 2`,
      );
    const before = await versions();
    expect(await applyNews(updatesAt(OBSERVED_AT + 60_000))).toEqual([]);
    expect(await versions()).toEqual(before);
  });

  it('writes only the rows that changed', async () => {
    const keys = [aDidKey(), aDidKey(), aDidKey()];
    const observations = keys.map((key) => anObservation({ key }));
    await apply(observations.map((observation) => updateOf(observation.key, { observation })));
    const unchanged = keys.slice(1);
    const versions = () =>
      query(`select ctid::text, xmin::text, xmax::text from dids where key = any($1) order by key`, [unchanged]);
    const before = await versions();
    const updates = observations.map((observation, nth) =>
      updateOf(observation.key, {
        issues: nth === 0 ? ['NO_BOT'] : [],
        observation: { ...observation, observedAt: OBSERVED_AT + 1 },
      }),
    );
    expect(await applyNews(updates)).toEqual([keys[0]]);
    expect(await versions()).toEqual(before);
  });

  it('lets overlapping batches from several processes pass, each key once, without a deadlock', async () => {
    const keys = Array.from({ length: 60 }, () => aDidKey());
    const batches = Array.from({ length: 8 }, (_, nth) =>
      keys
        .map((key) => updateOf(key, { issues: ['NO_BOT'], at: OBSERVED_AT + nth }))
        .sort(() => (nth % 2 === 0 ? 1 : -1)),
    );
    await Promise.all(batches.map((batch) => apply(batch)));
    const detected = (await postgres.events()).filter(({ type }) => type === 'dialtone.drift.detected.v1');
    expect(new Set(detected.map(({ key }) => key)).size).toBe(60);
    expect(detected).toHaveLength(60);
  });

  it.each([
    { what: 'all of a batch are new', known: 0 },
    { what: 'one of a batch has a row', known: 1 },
  ])('stores of a number what it stores of one by itself when $what', async ({ known }) => {
    const keys = Array.from({ length: 24 }, () => aDidKey()).sort();
    const updates = keys.map((key, nth) => {
      const observation = anObservation({ key, ...(nth % 3 === 0 && { routing: aRouting({ key }) }) });
      return updateOf(key, { issues: nth % 2 === 0 ? [] : ['NO_BOT', 'ROUTING_MISSING'], observation });
    });
    const alone = await postgres.given.connection();
    const of = { makeDue: true, freshForMs: 60_000 };
    for (const update of updates) await postgres.stores.keyStates.apply(alone.id, [update], of);
    await postgres.stores.keyStates.apply(connection.id, updates.slice(0, known), of);
    expect(await postgres.stores.keyStates.apply(connection.id, updates, of)).toHaveLength(24 - known);
    const stored = (id: string) =>
      query(
        `select to_jsonb(d) - '{connection_id,state_since,drift_id,drift_opened_at,fresh_since,ready_since}'::text[] as row,
                drift_opened_at is null as "hasNoDrift", now() - state_since < '1 minute' as "isRecent",
                (select array_agg(e.type order by e.seq) from event_log e where e.connection_id = $1 and e.key = d.key) as events,
                (select count(*)::int from history h where h.connection_id = $1 and h.key = d.key) as entries
           from dids d where connection_id = $1 order by key`,
        [id],
      );
    expect(await stored(connection.id)).toEqual(await stored(alone.id));
  });

  it('writes state and events together or not at all', async () => {
    const key = aDidKey();
    await query(`alter table event_log add constraint no_drift check (type not like 'dialtone.drift.%')`);
    try {
      await expect(apply([updateOf(key, { issues: ['NO_BOT'] })])).rejects.toThrow('no_drift');
    } finally {
      await query(`alter table event_log drop constraint no_drift`);
    }
    expect(await postgres.events()).toEqual([]);
    expect(await postgres.stores.keyStates.loadOne(connection.id, key)).toBeNull();
  });

  it('stores no secret that VoiceLink lists with a record, however deep', async () => {
    const { did } = anObservation({ key: aDidKey() });
    if (did === null) throw new Error('The builder made no DID.');
    const raw = { trunk: { registration_password: 'canary-deep', host: 'sip.example' }, token: 'canary-flat' };
    await apply([updateOf(did.key, { observation: { did: { ...did, raw } } })]);
    const [row] = await postgres.query<{ text: string }>(`select string_agg(observation::text, '') as text from dids`);
    expect(row?.text).toContain('sip.example');
    expect(row?.text).not.toContain('canary');
  });

  it('stores records with text that PostgreSQL refuses', async () => {
    const key = aDidKey();
    const { did } = anObservation({ key });
    if (did === null) throw new Error('The builder made no DID.');
    const raw = { nul: 'a\0b', lone: '\ud800', escaped: '\\u0000', pair: '😀' };
    await apply([updateOf(key, { observation: { did: { ...did, raw } } })]);
    const { items } = await postgres.stores.readiness.list({ partnerId: connection.partnerId, limit: 1 });
    expect(items[0]?.observation?.did?.raw).toEqual({
      nul: 'a\ufffdb',
      lone: '\ufffd',
      escaped: '\\u0000',
      pair: '😀',
    });
  });

  it('tells the number of a DID or a routing record of this connection, not of one that counts alike', async () => {
    const other = await postgres.given.connection();
    const [mine, theirs] = [aDidKey(), aDidKey()];
    for (const [place, key] of [
      [connection, mine],
      [other, theirs],
    ] as const) {
      const observation = anObservation({
        key,
        did: aDid({ key, didId: 812, clientId: place === connection ? 415 : 416 }),
        routing: aRouting({ key, id: 120 }),
      });
      await postgres.stores.keyStates.apply(place.id, [updateOf(key, { observation })], { makeDue: false });
    }
    for (const [place, key] of [
      [connection, mine],
      [other, theirs],
    ] as const) {
      expect(await postgres.stores.observedTargets.keyOfDid(place.id, 812)).toBe(key);
      const record = { did_id: 812, client_id: place === connection ? 415 : 416 };
      expect(await postgres.stores.observedTargets.recordOfDid(place.id, 812)).toMatchObject(record);
      expect(await postgres.stores.observedTargets.keyOfRouting(place.id, 120)).toBe(key);
    }
    const empty = await postgres.given.connection();
    expect(await postgres.stores.observedTargets.keyOfDid(empty.id, 812)).toBeNull();
    expect(await postgres.stores.observedTargets.recordOfDid(empty.id, 812)).toBeNull();
  });

  it('says which connection is missing', async () => {
    const missing = '00000000-0000-4000-8000-00000000dead' as SweepableConnection['id'];
    await expect(
      postgres.stores.keyStates.apply(missing, [updateOf(aDidKey(), {})], { makeDue: false }),
    ).rejects.toThrow(missing);
  });
});
