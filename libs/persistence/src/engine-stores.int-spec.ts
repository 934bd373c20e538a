import { createTestDatabase, postgresHarness, type TestDatabase } from '@dialtone/persistence/testing';
import { describeEngineStores } from '@dialtone/testing';
import { gatheredStores } from './together/gathered-stores';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describeEngineStores(
  'PostgreSQL',
  postgresHarness(() => database),
);

describeEngineStores(
  'PostgreSQL, asked and written together',
  postgresHarness(() => database, gatheredStores),
);
