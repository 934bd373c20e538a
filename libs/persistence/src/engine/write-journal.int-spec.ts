import { setTimeout as sleep } from 'node:timers/promises';
import type { DidKey } from '@dialtone/domain';
import { didResource, type SweepableConnection, type WriteIntent } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { aDidKey, expectSoundEvents } from '@dialtone/testing';
import { Client } from 'pg';

const postgres = usePostgres();
let connection: SweepableConnection;
beforeEach(async () => {
  connection = await postgres.given.connection();
});
afterEach(async () => {
  expectSoundEvents(await postgres.events());
});

const { query } = postgres;

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
    if (lease === null) throw new Error('The DID is leased.');
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
    if (lease === null) throw new Error('The DID is leased.');
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
    if (lease === null) throw new Error('The DID is leased.');
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
