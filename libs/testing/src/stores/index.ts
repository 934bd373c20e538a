export * from './harness';
export { inMemoryHarness } from './in-memory-harness';
export { InMemoryWorld } from './in-memory-world';
export { postgresHarness, testSecrets } from './postgres-harness';
export type { BindingRecord, WriteRecord } from './tables';
export { describeEngineStores } from './contracts';
