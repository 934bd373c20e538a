import { createTestDatabase, describeEngineStores, postgresHarness, type TestDatabase } from '@dialtone/testing';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describeEngineStores(
  'PostgreSQL',
  postgresHarness(() => database),
);
