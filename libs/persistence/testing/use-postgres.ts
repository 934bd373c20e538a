import { type PostgresHarness, postgresHarness } from './postgres-harness';
import { createTestDatabase, type TestDatabase } from './test-database';

/** Its members are read during a test: each test has the stores of its own. */
export interface Postgres extends PostgresHarness {
  readonly database: TestDatabase;
  /** Rows of a select; for another statement what TypeORM gives. */
  query<Row = unknown>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** For the top of a test file or describe block: one database for all its tests, emptied before each of them. */
export const usePostgres = (): Postgres => {
  let database: TestDatabase;
  let harness: PostgresHarness;
  const open = postgresHarness(() => database);
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    harness = await open();
  });
  afterAll(() => database.drop());
  return {
    get database() {
      return database;
    },
    get dataSource() {
      return harness.dataSource;
    },
    get stores() {
      return harness.stores;
    },
    get given() {
      return harness.given;
    },
    get timings() {
      return harness.timings;
    },
    wait: (ms) => harness.wait(ms),
    events: () => harness.events(),
    query: (sql, parameters = []) => harness.dataSource.query(sql, [...parameters]),
  };
};
