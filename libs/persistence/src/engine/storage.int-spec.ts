import { setTimeout as sleep } from 'node:timers/promises';
import type { DidKey } from '@dialtone/domain';
import { didResource, sweepResource, type SweepableConnection, type WriteIntent } from '@dialtone/engine';
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
import { Client } from 'pg';
import { createDataSource } from '../data-source';
import { isDatabaseUnavailable } from '../database-errors';
import { migrate } from '../migrate';
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
const apply = (updates: Parameters<Stores['keyStates']['apply']>[1]) =>
  postgres.stores.keyStates.apply(connection.id, updates, { makeDue: true });

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
    expect(await apply(updatesAt(OBSERVED_AT + 60_000))).toEqual([]);
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
    expect(await apply(updates)).toEqual([keys[0]]);
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
      const observation = anObservation({ key, did: aDid({ key, didId: 812 }), routing: aRouting({ key, id: 120 }) });
      await postgres.stores.keyStates.apply(place.id, [updateOf(key, { observation })], { makeDue: false });
    }
    for (const [place, key] of [
      [connection, mine],
      [other, theirs],
    ] as const) {
      expect(await postgres.stores.observedTargets.keyOfDid(place.id, 812)).toBe(key);
      expect(await postgres.stores.observedTargets.keyOfRouting(place.id, 120)).toBe(key);
    }
    const empty = await postgres.given.connection();
    expect(await postgres.stores.observedTargets.keyOfDid(empty.id, 812)).toBeNull();
  });

  it('says which connection is missing', async () => {
    const missing = '00000000-0000-4000-8000-00000000dead' as SweepableConnection['id'];
    await expect(
      postgres.stores.keyStates.apply(missing, [updateOf(aDidKey(), {})], { makeDue: false }),
    ).rejects.toThrow(missing);
  });
});

describe('the write journal', () => {
  const intentOf = (key: DidKey): WriteIntent => ({
    connectionId: connection.id,
    key,
    bindingId: null,
    actor: 'reconciler',
    requestId: null,
    step: 'ensure_bot',
    target: 'bot-create:7',
    generation: 0,
    body: { name: 'Vocobase' },
  });

  it('costs whoever asks for a held lease a look, and no write', async () => {
    const resource = didResource(connection.id, aDidKey());
    expect(await postgres.stores.leases.acquire(resource, 'worker', 60_000)).not.toBeNull();
    const traces = () =>
      query(
        `select ctid::text, xmin::text, xmax::text, (select last_value from lease_epoch) as epoch from leases where resource = $1`,
        [resource],
      );
    const before = await traces();
    for (let nth = 0; nth < 5; nth += 1)
      expect(await postgres.stores.leases.acquire(resource, 'waiting', 60_000)).toBeNull();
    expect(await traces()).toEqual(before);
  });

  it('makes whoever takes a lease over wait for an intent that is being written under it', async () => {
    const key = aDidKey();
    const resource = didResource(connection.id, key);
    const lease = await postgres.stores.leases.acquire(resource, 'slow', 400);
    if (lease === null) throw new Error('The DID is held.');
    const slow = new Client({ connectionString: postgres.database.url });
    await slow.connect();
    // What `begin` does, up to the moment before its commit.
    await slow.query('begin');
    await slow.query('select 1 from leases where resource = $1 for share', [resource]);
    await slow.query(
      `insert into upstream_writes (connection_id, key, actor, step, target, generation, body, lease_epochs)
       values ($1, $2, 'slow', 'ensure_bot', 'bot-create:7', 0, '{}', '{}')`,
      [connection.id, key],
    );
    await sleep(450);
    let taken = false;
    const taking = postgres.stores.leases.acquire(resource, 'next', 60_000).then((next) => {
      taken = true;
      return next;
    });
    await sleep(100);
    expect(taken).toBe(false);
    await slow.query('commit');
    await slow.end();
    expect(await taking).not.toBeNull();
    expect(await postgres.stores.journal.unresolved(connection.id, 'bot-create:7')).toHaveLength(1);
  });

  it('holds the leases that it checked until the intent is committed', async () => {
    const key = aDidKey();
    const resource = didResource(connection.id, key);
    const lease = await postgres.stores.leases.acquire(resource, 'worker', 60_000);
    if (lease === null) throw new Error('The DID is held.');
    const other = new Client({ connectionString: postgres.database.url });
    await other.connect();
    await other.query('begin');
    await other.query(`update leases set epoch = epoch + 1000 where resource = $1`, [resource]);
    const beginning = postgres.stores.journal.begin(intentOf(key), [lease]);
    await sleep(50);
    await other.query('commit');
    await other.end();
    expect(await beginning).toBeNull();
  });

  it('keeps who wrote what under which lease, and the answer', async () => {
    const key = aDidKey();
    const lease = await postgres.stores.leases.acquire(didResource(connection.id, key), 'worker', 60_000);
    if (lease === null) throw new Error('The DID is held.');
    const id = await postgres.stores.journal.begin(intentOf(key), [lease]);
    if (id !== null) await postgres.stores.journal.finish(id, 'done', { httpStatus: 200 });
    expect(await query(`select actor, step, target, body, lease_epochs, state, answer from upstream_writes`)).toEqual([
      {
        actor: 'reconciler',
        step: 'ensure_bot',
        target: 'bot-create:7',
        body: { name: 'Vocobase' },
        lease_epochs: [lease.epoch.toString()],
        state: 'done',
        answer: { httpStatus: 200 },
      },
    ]);
  });
});

describe('the work queue', () => {
  it.each(['a DID', 'a sweep', 'one sweep'])(
    'gives nobody the lease of %s that another is just taking',
    async (what) => {
      const key = await declare();
      const resource = what === 'a DID' ? didResource(connection.id, key) : sweepResource(connection.id);
      const other = new Client({ connectionString: postgres.database.url });
      await other.connect();
      // Not to be seen yet by who looks for free ones.
      await other.query('begin');
      await other.query(
        `insert into leases (resource, owner, epoch, expires_at)
       values ($1, 'gateway', nextval('lease_epoch'), now() + interval '1 minute')`,
        [resource],
      );
      const claiming = Promise.all([
        postgres.stores.bindingQueue.claim('worker', 1, 60_000),
        what === 'one sweep'
          ? postgres.stores.sweepQueue.claimSweepOf(connection.id, 'worker', 60_000)
          : postgres.stores.sweepQueue.claimSweep('worker', 60_000),
      ]);
      await sleep(50);
      await other.query('commit');
      await other.end();
      const [dids, sweep] = await claiming;
      expect([dids.length, sweep?.connection.id]).toEqual(what === 'a DID' ? [0, connection.id] : [1, undefined]);
      expect(await query('select owner from leases where resource = $1', [resource])).toEqual([{ owner: 'gateway' }]);
    },
  );

  it('survives claiming, completing, triggering, judging and declaring all at once', async () => {
    const keys: DidKey[] = [];
    for (let nth = 0; nth < 15; nth += 1) keys.push(await declare());
    const work = async (owner: string): Promise<void> => {
      for (let nth = 0; nth < 12; nth += 1) {
        const claimed = await postgres.stores.bindingQueue.claim(owner, 4, 60_000);
        await Promise.all(claimed.map((one) => postgres.stores.bindingQueue.complete(one, { kind: 'settled' }, 0)));
      }
    };
    const disturb = async (nth: number): Promise<void> => {
      const issues = nth % 2 === 0 ? (['NO_BOT'] as const) : [];
      await apply(keys.map((key) => updateOf(key, { issues, at: OBSERVED_AT + nth })));
      await postgres.stores.voiceLinkConnections.holdWrites(connection.id, 'too many');
      await postgres.given.acknowledgeHold(connection.id);
      await Promise.all(keys.map((key) => postgres.stores.trigger.trigger({ connectionId: connection.id, key })));
    };
    await Promise.all([work('a'), work('b'), work('c'), ...Array.from({ length: 6 }, (_, nth) => disturb(nth))]);
    const due = await postgres.stores.bindingQueue.claim('last', 100, 60_000);
    expect(due.map(({ binding }) => binding.key).sort()).toEqual(keys.sort());
  });

  it('makes nothing due for names that do not exist or are no names', async () => {
    const key = await declare();
    const { trigger } = postgres.stores;
    expect(await trigger.trigger({ connectionId: connection.id, key })).toBe(true);
    expect(await trigger.trigger({ connectionId: connection.id, key: null })).toBe(true);
    const missing = '00000000-0000-4000-8000-00000000dead';
    for (const request of [
      { connectionId: connection.id, key: aDidKey() },
      { connectionId: connection.id, key: "' or 1=1 --" },
      { connectionId: missing, key },
      { connectionId: missing, key: null },
      { connectionId: 'not a uuid', key: null },
    ]) {
      expect(await trigger.trigger(request)).toBe(false);
    }
    await postgres.given.disconnect(connection.id);
    expect(await trigger.trigger({ connectionId: connection.id, key: null })).toBe(false);
  });
});

describe('phone numbers', () => {
  it('enables one connection for inbound calls of a number, the first one', async () => {
    const second = await postgres.given.connection();
    const key = aDidKey();
    for (const { id: connectionId, partnerId } of [connection, second]) {
      await postgres.stores.phoneNumbers.import({ partnerId, connectionId, key, friendlyName: key });
    }
    expect(await query(`select connection_id, inbound_enabled from phone_numbers order by created_at`)).toEqual([
      { connection_id: connection.id, inbound_enabled: true },
      { connection_id: second.id, inbound_enabled: false },
    ]);
    await expect(query(`update phone_numbers set inbound_enabled = true`)).rejects.toThrow('phone_numbers_inbound');
  });
});

describe('the database', () => {
  it('is migrated once, however many processes try at the same time', async () => {
    const name = `${postgres.database.name}_fresh`;
    await query(`create database ${name}`);
    const url = new URL(postgres.database.url);
    url.pathname = `/${name}`;
    const connect = () => createDataSource({ url: url.toString(), poolSize: 2, applicationName: 'test' }).initialize();
    const sources = await Promise.all([connect(), connect(), connect()]);
    try {
      const ran = await Promise.all(sources.map((source) => migrate(source)));
      const [source] = sources;
      const all = source.migrations.map((migration) => migration.name);
      expect(all.length).toBeGreaterThan(0);
      expect(ran.flat()).toEqual(all);
      expect(await migrate(source)).toEqual([]);
      // Each one takes back what it did.
      for (let undone = 0; undone < all.length; undone += 1) await source.undoLastMigration();
      expect(await migrate(source)).toEqual(all);
    } finally {
      await Promise.all(sources.map((source) => source.destroy()));
      await query(`drop database ${name} with (force)`);
    }
  });

  it('is told apart, when it is away, from a defect', async () => {
    const nowhere = createDataSource({ url: 'postgres://x@127.0.0.1:1/x', poolSize: 2, applicationName: 'x' });
    const refused: unknown = await nowhere.initialize().catch((error: unknown) => error);
    expect(isDatabaseUnavailable(refused)).toBe(true);
    const ended: unknown = await query(`select pg_terminate_backend(pg_backend_pid())`).catch(
      (error: unknown) => error,
    );
    expect(isDatabaseUnavailable(ended)).toBe(true);
    // The pool needs a moment to drop the dead connection.
    await sleep(100);
    const defect: unknown = await query('select nonsense').catch((error: unknown) => error);
    expect(isDatabaseUnavailable(defect)).toBe(false);
    expect(isDatabaseUnavailable('x')).toBe(false);
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});
