export * from './gateway/agent-store';
export * from './gateway/api-key-store';
export * from './gateway/binding-store';
export * from './gateway/call-policy';
export * from './gateway/call-store';
export * from './gateway/call-watches';
export * from './gateway/carrier-access';
export * from './gateway/carrier-checks';
export * from './gateway/connection-states';
export * from './gateway/connection-store';
export * from './gateway/idempotency-store';
export * from './gateway/login-attempts';
export * from './gateway/known-clients';
export * from './gateway/number-pointings';
export * from './gateway/numbers/number-store';
export * from './gateway/numbers/readiness-trend';
export * from './gateway/observed-targets';
export * from './gateway/page';
export * from './gateway/partner-store';
export * from './gateway/phone-number-inventory';
export * from './gateway/plan-store';
export * from './gateway/quotas';
export * from './gateway/readiness-store';
export * from './gateway/request-windows';
export * from './gateway/steering-store';
export * from './gateway/telephony-providers';
export * from './webhooks/webhook-store';
export { DELIVERY_OUTCOMES, type DeliveryOutcome } from './webhooks/delivery-rows';
export { roleOf } from './app-role';
export { awaitDatabase, type Patience } from './await-database';
export { readConnectionRoom, type ConnectionRoom } from './connection-room';
export { createDataSource, type DataSourceSettings } from './data-source';
export {
  DatabaseAwayError,
  databaseRefusal,
  isDatabaseUnavailable,
  isLockTimeout,
  isRefusedData,
} from './database-errors';
export type { DatabaseProbe } from './database-probe';
export * from './engine/work-stats';
export { decodeCursor, encodeCursor, InvalidCursorError } from './gateway/cursor';
export { inPairs } from './in-pairs';
export { createListener, type Listener, type ListenerOptions, type WakeReason } from './listener';
export { migrate, needsMigration } from './migrate';
export { type RekeyedNumber, rekeyedNumbers } from './rekey/rekeyed-numbers';
export { nameKey } from './name-key';
export { Neighbours } from './neighbours';
export {
  inAttempt,
  onBehalfOf,
  type BehalfOptions,
  type EarlierAttempts,
  type IdempotentAttempt,
} from './on-behalf-of';
export { AttemptReplacedError } from './gateway/kept-work';
export { PartnerBusyError } from './pool-shares';
export { ownTurns, turns } from './turns';
export { poolUse, type PoolUse } from './pool-use';
export { ALL_SCOPES, SCOPES, type GrantedScope, type Scope } from './scopes';
export type { SecretBox, StoreSecrets } from './secret-box';
export type { GivenUp } from './server-watch';
export type { Stores } from './store-types';
export { createStores } from './stores';
export { gatheredStores } from './together/gathered-stores';
