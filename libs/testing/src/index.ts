export { createTestDatabase, type TestDatabase } from './services/database';
export { type PrivateKafka, startPrivateKafka, testKafkaBrokers, uniqueName } from './services/kafka';
export { TcpProxy } from './services/tcp-proxy';
export * from './builders';
export * from './voicelink';
export * from './messaging';
export { ManualClock } from './clock';
export * from './stores';
export * from './engine';
