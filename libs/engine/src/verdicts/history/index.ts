/** What is kept of every change, decided once for every store. */
export * from './connection-entries';
export * from './declaration-entries';
export { planEntry } from './plan-entry';
export * from './steering-entries';
export * from './write-entry';
export * from './number-at';
