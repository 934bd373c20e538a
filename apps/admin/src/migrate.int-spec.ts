import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createDataSource } from '@dialtone/persistence';
import { adminConfig } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { explain } from './explain';
import { adminProgram } from './program';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await setTimeout(20);
};

/** What the command printed, or the sentence with which it failed. */
const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
  const printed: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  // TypeORM says there that a migration failed.
  const log = jest.spyOn(console, 'log').mockImplementation();
  const config = adminConfig({
    DATABASE_URL: database.url,
    API_KEY_PEPPER: randomBytes(32).toString('base64'),
    CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ...env,
  });
  try {
    await adminProgram(() => config, {}).parseAsync(['node', 'admin', ...args]);
    return printed.join('');
  } catch (error) {
    return explain(error) ?? String(error);
  } finally {
    write.mockRestore();
    log.mockRestore();
  }
};

describe('migrate --check', () => {
  const NOWHERE = 'postgres://nobody@127.0.0.1:1/none';

  it.each([
    { wait: '5', says: '--wait "5" is no duration: give seconds, minutes or hours, such as 30s, 5m or 1h.' },
    { wait: 'soon', says: '--wait "soon" is no duration' },
  ])('refuses --wait $wait', async ({ wait, says }) => {
    expect(await run(['migrate', '--check', '--wait', wait])).toContain(says);
  });

  it('waits for a database that does not answer, says so, and gives up after its time', async () => {
    const told = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const began = performance.now();
    const said = await run(['migrate', '--check', '--wait', '1s'], { DATABASE_URL: NOWHERE });
    expect(said).toMatch(/^The database does not answer/);
    expect(performance.now() - began).toBeGreaterThan(450);
    expect(told.mock.calls[0]?.[0]).toMatch(/^Waiting for 1 s more: The database does not answer .*\n$/);
    told.mockRestore();
  });

  it('ends as soon as another process has brought the schema up to date', async () => {
    const told = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const owner = await createDataSource({ url: database.ownerUrl, poolSize: 2, applicationName: 'test' }).initialize();
    await owner.undoLastMigration();
    expect(await run(['migrate', '--check'])).toBe('The database schema is older than this build: run migrate.');
    const checked = run(['migrate', '--check', '--wait', '5m']);
    await until(() => told.mock.calls.length > 0);
    expect(told.mock.calls[0]?.[0]).toContain('older than this build');
    await owner.runMigrations();
    expect(await checked).toBe('{"schema":"current"}\n');
    await owner.destroy();
    told.mockRestore();
  });
});

describe('migrate', () => {
  const undoOne = async (): Promise<void> => {
    const owner = await createDataSource({ url: database.ownerUrl, poolSize: 2, applicationName: 'test' }).initialize();
    await owner.undoLastMigration().finally(() => owner.destroy());
  };

  it('works as the owner of the tables, and grants their rows to the role of all else', async () => {
    await undoOne();
    const source = await database.connect(2);
    await source.query(`revoke all on all tables in schema public from dialtone_test_app`);
    expect(await run(['partner', 'list'])).toMatch(/permission denied for table partners.*MIGRATION_DATABASE_URL/);
    const migrated: unknown = JSON.parse(await run(['migrate'], { MIGRATION_DATABASE_URL: database.ownerUrl }));
    expect(migrated).toEqual({ migrations: [expect.any(String)], granted_to: 'dialtone_test_app' });
    expect(await run(['partner', 'list'])).toBe('[]\n');
  });

  it('is refused as the role of the processes, and says as which role it works', async () => {
    await undoOne();
    expect(await run(['migrate'])).toMatch(
      /^The role may not do this .* works as the owner of the tables, see MIGRATION_/,
    );
    expect(JSON.parse(await run(['migrate'], { DATABASE_URL: database.ownerUrl }))).toEqual({
      migrations: [expect.any(String)],
    });
  });
});

describe('migrate --check alone', () => {
  const check = (): Promise<string> => run(['migrate', '--check']);

  it('fails until every migration of this build has run, and changes nothing', async () => {
    const source = await database.connect(2);
    expect(JSON.parse(await check())).toEqual({ schema: 'current' });
    await source.query(`delete from migrations where id = (select max(id) from migrations)`);
    expect(await check()).toContain('older than this build');
    await source.query('drop table migrations');
    expect(await check()).toContain('older than this build');
    expect(await source.query(`select to_regclass('migrations') as found`)).toEqual([{ found: null }]);
  });
});
