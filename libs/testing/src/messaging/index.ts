export * from './describe-event-publisher';
export * from './event-builders';
export * from './in-memory-event-bus';
export * from './in-memory-event-log';
export * from './read-topics';
export * from './real-time';
export * from './send-records';
