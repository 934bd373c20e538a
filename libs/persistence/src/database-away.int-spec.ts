import { createTestDatabase, TcpProxy, type TestDatabase } from '@dialtone/persistence/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDataSource } from './data-source';
import { isDatabaseUnavailable } from './database-errors';
import { WriteProbe } from './database-probe';
import { rows, withLongStatements } from './db';
import { createListener } from './listener';
import { poolUse } from './pool-use';
import type { GivenUp } from './server-watch';

type DataSource = ReturnType<typeof createDataSource>;

const STATEMENT_MS = 500;
/** The server ends a statement after STATEMENT_MS, the client gives up a second later. */
const DEADLINE_MS = STATEMENT_MS + 1_000;
/** For a busy machine. A second deadline would take longer. */
const SLACK_MS = DEADLINE_MS - 100;
const POOL = 5;

let database: TestDatabase;
let proxy: TcpProxy;
let ds: DataSource;
let admin: DataSource;
let givenUp: GivenUp[] = [];

const connectOnce = (): Promise<DataSource> =>
  createDataSource({
    url: proxy.through(database.url),
    poolSize: POOL,
    applicationName: 'away',
    statementTimeoutMs: STATEMENT_MS,
    connectTimeoutMs: STATEMENT_MS,
    onGivenUp: (reason) => givenUp.push(reason),
  }).initialize();

/** On a busy machine a connection may take longer than one such short time-out, which is not under test. */
const connect = async (attempts = 10): Promise<DataSource> => {
  try {
    return await connectOnce();
  } catch (error) {
    if (attempts <= 1) throw error;
    return connect(attempts - 1);
  }
};

const one = (): Promise<unknown> => ds.query('select 1');
const write = (): Promise<unknown> => ds.query(`insert into cursors (name, position) values ('away', 0)`);

interface Ending {
  readonly error: unknown;
  readonly ms: number;
}
const ending = async (work: () => Promise<unknown>): Promise<Ending> => {
  const began = performance.now();
  const error: unknown = await work().then(
    () => null,
    (caught: unknown) => caught,
  );
  return { error, ms: performance.now() - began };
};

const pidOf = async (): Promise<unknown> => (await rows<{ pid: number }>(ds, 'select pg_backend_pid() as pid'))[0]?.pid;

/** So many idle connections. */
const warm = async (count: number): Promise<void> => {
  await Promise.all(Array.from({ length: count }, () => ds.query('select pg_sleep(0.1)')));
};

beforeAll(async () => {
  database = await createTestDatabase();
  admin = await database.connect(2);
  proxy = new TcpProxy(Number(new URL(database.url).port));
});
beforeEach(async () => {
  await proxy.mend();
  ds = await connect();
  givenUp = [];
});
afterEach(async () => {
  await ds.destroy();
  await proxy.cut();
});
afterAll(() => database.drop());

describe('a connection that stays open and answers nothing', () => {
  it('fails its query at the deadline and is replaced, with all that have heard nothing since', async () => {
    await warm(4);
    proxy.silence('open');
    const { error, ms } = await ending(one);
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(ms).toBeGreaterThan(DEADLINE_MS - 50);
    expect(ms).toBeLessThan(DEADLINE_MS + SLACK_MS);
    expect(givenUp).toEqual(Array(4).fill('silent'));
    expect(poolUse(ds).busy + poolUse(ds).idle).toBe(0);
    const next = await ending(one);
    expect(next.error).toBeNull();
    expect(next.ms).toBeLessThan(SLACK_MS);
  });

  it('costs a transaction one deadline, with its rollback', async () => {
    const { error, ms } = await ending(() =>
      ds.transaction(async (tx) => {
        await tx.query('select 1');
        proxy.silence('open');
        await tx.query('select 1');
      }),
    );
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(ms).toBeLessThan(DEADLINE_MS + SLACK_MS);
    expect((await ending(one)).error).toBeNull();
  });

  it('is no reason to give up what another connection still waits for, when the server ends it in time', async () => {
    const pid = await pidOf();
    const { error, ms } = await ending(() => ds.query('select pg_sleep(3)'));
    expect(error).toMatchObject({ code: '57014' });
    expect(isDatabaseUnavailable(error)).toBe(true);
    // The client would say so without a code.
    expect(ms).toBeLessThan(DEADLINE_MS + SLACK_MS);
    expect(await pidOf()).toBe(pid);
    expect(givenUp).toEqual([]);
  });

  it('is told apart from a process that stood still itself', async () => {
    const answered = ds.query('select pg_sleep(0.3)');
    await sleep(100);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, DEADLINE_MS + 300);
    await expect(answered).resolves.toEqual([expect.anything()]);
    expect(givenUp).toEqual([]);
  });
});

describe('a statement that may take long', () => {
  it('has a bound of its own at both ends, until its transaction ends', async () => {
    await withLongStatements(ds, (tx) => tx.query(`select pg_sleep(${String((DEADLINE_MS + 300) / 1_000)})`));
    expect((await ending(() => ds.query('select pg_sleep(3)'))).error).toMatchObject({ code: '57014' });
    expect(givenUp).toEqual([]);
  });

  it('is given up with the others when the server is silent', async () => {
    await warm(2);
    const long = ending(() => withLongStatements(ds, (tx) => tx.query('select pg_sleep(20)')));
    await sleep(100);
    proxy.silence('open');
    expect(isDatabaseUnavailable((await ending(one)).error)).toBe(true);
    const { error, ms } = await long;
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(ms).toBeLessThan(2 * (DEADLINE_MS + SLACK_MS));
  });
});

describe('a server that is silent for all', () => {
  it('costs nobody more than one deadline, then nothing, and is used at once when it is back', async () => {
    await warm(3);
    proxy.silence('all');
    const until = performance.now() + 4_000;
    const endings: Ending[] = [];
    const load = async (): Promise<void> => {
      while (performance.now() < until) {
        endings.push(await ending(one));
        await sleep(20);
      }
    };
    await Promise.all(Array.from({ length: 20 }, load));
    expect(endings.every(({ error }) => isDatabaseUnavailable(error))).toBe(true);
    expect(Math.max(...endings.map(({ ms }) => ms))).toBeLessThan(DEADLINE_MS + SLACK_MS);
    // Most are refused without asking the database.
    expect(endings.filter(({ ms }) => ms < 100).length).toBeGreaterThan(endings.length / 2);
    await proxy.mend();
    await sleep(STATEMENT_MS + 1_000);
    expect((await ending(one)).error).toBeNull();
  });

  it('does not keep the pool from being closed', async () => {
    const other = await connect();
    await other.query('select 1');
    proxy.silence('all');
    const { ms } = await ending(() => other.destroy());
    expect(ms).toBeLessThan(DEADLINE_MS + SLACK_MS);
  });
});

describe('a database that takes no writes', () => {
  const REFUSED = { code: '25006' };

  it('costs one statement the session that turned so, and the next one finds another', async () => {
    await ds.query('set default_transaction_read_only = on');
    const { error } = await ending(write);
    expect(error).toMatchObject(REFUSED);
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(givenUp).toEqual(['read_only']);
    expect((await ending(() => new WriteProbe(ds).check())).error).toBeNull();
  });

  it('is away as a whole, and is used at once when it takes writes again', async () => {
    await database.setReadOnly(true);
    await sleep(200);
    const refused = await ending(one);
    expect(isDatabaseUnavailable(refused.error)).toBe(true);
    expect(refused.ms).toBeLessThan(SLACK_MS);
    expect(givenUp).toContain('read_only');
    await database.setReadOnly(false);
    expect((await ending(() => new WriteProbe(ds).check())).error).toBeNull();
  });
});

describe('the probe', () => {
  it('fails where a read would not, and leaves nothing behind', async () => {
    const probe = new WriteProbe(ds);
    await probe.check();
    expect(await rows(ds, `select 1 from leases where resource like 'probe:%'`)).toEqual([]);
    await ds.query('set default_transaction_read_only = on');
    await expect(probe.check()).rejects.toMatchObject({ code: '25006' });
  });
});

describe('wake-ups over a connection that has gone silent', () => {
  it('come again by themselves', async () => {
    let wakes = 0;
    const errors: Error[] = [];
    const listener = createListener(proxy.through(database.url), () => (wakes += 1), {
      onError: (error) => errors.push(error),
      reconnectMs: 10,
      beatMs: 100,
    });
    const woken = async (count: number): Promise<void> => {
      for (const end = Date.now() + 40_000; wakes < count && Date.now() < end;) await sleep(20);
      expect(wakes).toBe(count);
    };
    try {
      await woken(1);
      proxy.silence('open');
      await woken(2);
      expect(errors).toHaveLength(1);
      await admin.query(`select pg_notify('dialtone', '')`);
      await woken(3);
    } finally {
      await listener.close();
    }
  });
});
