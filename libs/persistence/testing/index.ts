export { describeBindingStore } from './contracts/binding-store.contract';
export type { GatewayHarness } from './contracts/gateway-harness';
export { describeReadinessStore } from './contracts/readiness-store.contract';
export { type PostgresHarness, postgresHarness } from './postgres-harness';
export { TcpProxy } from './tcp-proxy';
export { createTestDatabase, type TestDatabase } from './test-database';
export { type Postgres, usePostgres } from './use-postgres';
export { type Tenant, useTenant } from './use-tenant';
