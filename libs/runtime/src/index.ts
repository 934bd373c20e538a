export { carriersOf } from './carriers';
export { openLogsAndTraces } from './open-logs-and-traces';
export { openDatabase, type Database, type DatabaseConfig } from './open-database';
export { pointingRefusals, pointingResult } from './pointing-result';
export { storesOn, type SecretsConfig } from './stores-on';
export { accountPoolOf, protectionOf, type UpstreamConfig } from './upstream';
export { webhookSenderOf } from './webhooks';
export { engineDepsOf, type EngineParts } from './engine-deps';
