export { type PostgresHarness, postgresHarness } from './postgres-harness';
export { createTestDatabase, type TestDatabase } from './test-database';
export { type Postgres, usePostgres } from './use-postgres';
