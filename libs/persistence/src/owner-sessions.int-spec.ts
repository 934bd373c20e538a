import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { didResource, sweepResource, type Lease } from '@dialtone/engine';
import { usePostgres } from '@dialtone/persistence/testing';
import { createListener, type Listener } from './listener';
import { OwnerSessions } from './owner-sessions';

const postgres = usePostgres();
const LONG_MS = 60_000;
const DID = didResource('c', '918000000001');
const SWEEP = sweepResource('c');

const listening: Listener[] = [];
const listen = (owner: string): Listener => {
  const listener = createListener(postgres.database.url, () => undefined, { owner, beatMs: 100, reconnectMs: 10 });
  listening.push(listener);
  return listener;
};
afterEach(async () => {
  await Promise.all(listening.splice(0).map((listener) => listener.close()));
});

const acquired = async (resource: string, owner: string): Promise<Lease> => {
  const lease = await postgres.stores.leases.acquire(resource, owner, LONG_MS);
  if (lease === null) throw new Error(`${resource} is held`);
  return lease;
};
const holder = async (resource: string): Promise<string | null> => {
  const [row] = await postgres.query<{ owner: string }>(
    'select owner from leases where resource = $1 and expires_at > clock_timestamp()',
    [resource],
  );
  return row?.owner ?? null;
};
const until = async (isSo: () => Promise<boolean>, withinMs: number): Promise<boolean> => {
  const end = Date.now() + withinMs;
  while (Date.now() < end) {
    if (await isSo()) return true;
    await sleep(20);
  }
  return false;
};
const sessions = async (): Promise<number> => {
  const [row] = await postgres.query<{ count: number }>(
    `select count(*)::int as count from pg_locks where locktype = 'advisory' and objsubid = 2
        and database = (select oid from pg_database where datname = current_database())`,
  );
  return row?.count ?? 0;
};
const both = async (): Promise<Listener> => {
  const one = listen('one');
  listen('two');
  await until(async () => (await sessions()) === 2, 5_000);
  // Seen by the other.
  await sleep(300);
  return one;
};

/** A process that holds the lock of an owner until it is killed. */
const processOf = async (owner: string): Promise<ChildProcess> => {
  const program = `const { Client } = require('pg'); const client = new Client({ connectionString: process.argv[1] });
    client.connect().then(() => client.query("select pg_advisory_lock_shared(1146376023, hashtext($1))", [process.argv[2]])).then(() => console.log('held'));`;
  const child = spawn(process.execPath, ['-e', program, postgres.database.url, owner], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
};

describe('leases of a process', () => {
  it('end within two seconds when it is killed, and the next holder has a higher epoch', async () => {
    const child = await processOf('killed');
    listening.push(createListener(postgres.database.url, () => undefined, { owner: 'two' }));
    const [did, sweep] = [await acquired(DID, 'killed'), await acquired(SWEEP, 'killed')];
    await sleep(1_500);
    expect(await holder(DID)).toBe('killed');
    child.kill('SIGKILL');
    expect(await until(async () => (await holder(DID)) === null && (await holder(SWEEP)) === null, 2_000)).toBe(true);
    expect(await postgres.stores.leases.renew(did, LONG_MS)).toBe(false);
    expect((await acquired(SWEEP, 'two')).epoch).toBeGreaterThan(sweep.epoch);
  });

  it('stay when it reconnects at once', async () => {
    await both();
    await acquired(DID, 'one');
    await postgres.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = hashtext('one')::oid`,
    );
    await until(async () => (await sessions()) === 2, 5_000);
    await sleep(500);
    expect(await holder(DID)).toBe('one');
  });

  it('stay when it never told that it lives', async () => {
    await both();
    await acquired(DID, 'gateway');
    await sleep(500);
    expect(await holder(DID)).toBe('gateway');
  });

  it('stay when a leader trusts them by its clock', async () => {
    const one = await both();
    await acquired('sequencer', 'one');
    await acquired(DID, 'one');
    await one.close();
    expect(await until(async () => (await holder(DID)) === null, 5_000)).toBe(true);
    expect(await holder('sequencer')).toBe('one');
  });

  it('fence what it still does, when it lost its session and lives: nothing is journalled under them any more', async () => {
    const one = await both();
    const connection = await postgres.given.connection();
    const lease = await acquired(DID, 'one');
    await one.close();
    expect(await until(async () => (await holder(DID)) === null, 5_000)).toBe(true);
    const place = { connectionId: connection.id, key: null, bindingId: null };
    const asked = { actor: 'reconciler', requestId: null, generation: 0, body: {} };
    const intent = { ...place, ...asked, step: 'client_mapping', target: 'map:1' } as const;
    expect(await postgres.stores.journal.begin(intent, [lease])).toBeNull();
  });
});

describe('a process that looks once', () => {
  it('ends nothing: one that is missed may just reconnect', async () => {
    const one = await both();
    await acquired(DID, 'one');
    const looking = new OwnerSessions('three');
    const session = {
      query: async (...input: Parameters<typeof postgres.query>) => ({
        rows: await postgres.query<{ id: number }>(...input),
      }),
    };
    await looking.look(session);
    await Promise.all(listening.splice(0).map((listener) => listener.close()));
    await one.close();
    await until(async () => (await sessions()) === 0, 5_000);
    await looking.look(session);
    expect(await holder(DID)).toBe('one');
    await looking.look(session);
    expect(await holder(DID)).toBeNull();
  });
});
