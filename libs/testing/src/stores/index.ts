export * from './harness';
export { InMemoryWorld } from './in-memory-world';
export { InMemoryEventLog } from './in-memory-event-log';
export type { BindingRecord, WriteRecord } from './tables';
export { describeEngineStores } from './contracts';
export { expectSoundEvents } from './contracts/event-invariants';
export { updateOf } from './contracts/fixtures';
