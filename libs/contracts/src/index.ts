export * from './event-data';
export * from './events';
export * from './topics';
export * from './vocabulary';
