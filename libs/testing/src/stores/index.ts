export * from './harness';
export { InMemoryWorld } from './in-memory-world';
export { InMemoryEventLog } from './in-memory-event-log';
export { InMemoryLeases } from './in-memory-leases';
export { InMemoryWriteJournal } from './in-memory-write-journal';
export { type BindingRecord, Tables, type WriteRecord } from './tables';
export { describeEngineStores } from './contracts';
export { expectSoundEvents } from './contracts/event-invariants';
export { updateOf } from './contracts/fixtures';
