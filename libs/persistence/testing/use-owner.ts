import type { DataSource } from 'typeorm';
import { createDataSource } from '../src';
import { createTestDatabase, type TestDatabase } from './test-database';

/** For tests of migrations: one database for all tests of a describe block, as the owner of its tables. Read it during a test. */
export const useOwner = (): { readonly source: DataSource } => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    source = await createDataSource({ url: database.ownerUrl, poolSize: 2, applicationName: 'test' }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });
  return {
    get source() {
      return source;
    },
  };
};
