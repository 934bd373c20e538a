import { createTestDatabase, postgresHarness, type TestDatabase } from '@dialtone/persistence/testing';
import { describeEngineStores } from '@dialtone/testing';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describeEngineStores(
  'PostgreSQL',
  postgresHarness(() => database),
);
