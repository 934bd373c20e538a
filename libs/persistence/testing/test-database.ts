import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createDataSource, migrate } from '../src';
import { appUrlOf, makeRoles, OWNER, ownerUrlOf, ROLES_TEXT, APP } from './test-roles';

type DataSource = ReturnType<typeof createDataSource>;

/** A database of one test file's own, with all migrations applied and no rows. */
export interface TestDatabase {
  readonly name: string;
  /** Of the role that processes work as: it may read and write rows, as far as the stores do. */
  readonly url: string;
  /** Of the role that runs migrations and owns the tables. */
  readonly ownerUrl: string;
  /** A connected data source with its own pool, closed by `drop`, on which a test may do anything. */
  connect(poolSize?: number): Promise<DataSource>;
  /** The same with the rights of a process, for stores. */
  connectAsApp(poolSize?: number): Promise<DataSource>;
  /**
   * Simulates a fail-over: `true` ends the apps' sessions, and new ones are read-only; `false` lets new sessions write again
   * and leaves existing ones as they are.
   */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** Closes the data sources that `connect` returned, ends all other sessions, and removes the database. */
  drop(): Promise<void>;
}

const APPLICATION = 'dialtone-test';

/** Any fixed number; only this file uses it. */
const TEMPLATE_LOCK = 7_203_115_840;

/** The server that the test run was given; see test/setup/global-setup.mjs. */
const serverUrl = (): string => {
  // eslint-disable-next-line no-restricted-syntax -- how Jest's global set-up hands its result to the workers
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) {
    throw new Error(
      'No test database: name the file *.int-spec.ts or *.e2e-spec.ts, then Jest starts PostgreSQL for it.',
    );
  }
  return url;
};

const urlOf = (database: string): string => Object.assign(new URL(serverUrl()), { pathname: `/${database}` }).href;

const withAdmin = async <T>(work: (admin: Client) => Promise<T>): Promise<T> => {
  const admin = new Client({ connectionString: serverUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
};

const source = (url: string, poolSize: number): DataSource =>
  createDataSource({ url, poolSize, applicationName: APPLICATION });

/** Changes whenever a migration or a grant does, so that a template of an older schema on a long-lived server is never used. */
const templateName = (): string => {
  const { migrations } = source(serverUrl(), 2).options;
  const text = [...Object.values(migrations ?? {}).map(String), ROLES_TEXT].join('\n');
  return `dialtone_template_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
};

/** Creates the migrated template once; other test files that need it meanwhile wait. */
const ensureTemplate = async (admin: Client, template: string): Promise<void> => {
  await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const found = await admin.query('select from pg_database where datname = $1', [template]);
    if (found.rowCount !== 0) return;
    const part = `${template}_part`;
    await admin.query(`drop database if exists ${part} with (force)`);
    await admin.query(`create database ${part}`);
    await makeRoles(urlOf(part));
    const target = await source(ownerUrlOf(urlOf(part)), 2).initialize();
    await migrate(target, APP).finally(() => target.destroy());
    await admin.query(`alter database ${part} with allow_connections false`); // A session on a template blocks copying it.
    await admin.query(`alter database ${part} rename to ${template}`);
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
};

const setReadOnly = async (admin: Client, name: string, isReadOnly: boolean): Promise<void> => {
  await admin.query(`alter database ${name} set default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`);
  if (!isReadOnly) return;
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name <> $2`,
    [name, APPLICATION],
  );
};

/** A fresh database on the run's server, copied from a migrated template in some 50 ms. Drop it in `afterAll`. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const name = `dialtone_test_${randomBytes(6).toString('hex')}`;
  const template = templateName();
  await withAdmin(async (admin) => {
    await ensureTemplate(admin, template);
    await admin.query(`create database ${name} template ${template} owner ${OWNER}`);
  });
  const opened: DataSource[] = [];
  const connect = async (url: string, poolSize = 5): Promise<DataSource> => {
    const connected = await source(url, poolSize).initialize();
    opened.push(connected);
    return connected;
  };
  const url = appUrlOf(urlOf(name));
  return {
    name,
    url,
    ownerUrl: ownerUrlOf(urlOf(name)),
    connect: (poolSize) => connect(urlOf(name), poolSize),
    connectAsApp: (poolSize) => connect(url, poolSize),
    setReadOnly: (isReadOnly) => withAdmin((admin) => setReadOnly(admin, name, isReadOnly)),
    drop: async () => {
      await Promise.all(opened.filter((one) => one.isInitialized).map((one) => one.destroy()));
      await withAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
};
