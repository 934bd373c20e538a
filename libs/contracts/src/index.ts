export * from './cloud-event';
export * from './event-data';
export * from './event-schemas';
export * from './events';
export * from './parse-event';
export * from './record-format';
export type { JsonSchema } from './schema';
export * from './topics';
export * from './vocabulary';
