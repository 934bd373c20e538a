/** Injection tokens of the composition root. */
export const DATA_SOURCE = Symbol('DataSource');
export const STORES = Symbol('Stores');
/** `TakeCounts` of observability.ts. */
export const COUNTS = Symbol('Counts');
export const ACCOUNTS = Symbol('Accounts');
export const ENGINE = Symbol('Engine');
export const LOOPS = Symbol('ReconcileLoops');
export const EVENT_PUMP = Symbol('EventPump');
/** Gauges and health checks are registered. */
export const OBSERVED = Symbol('Observed');
export const WEBHOOK_PUMP = Symbol('WebhookPump');
export const WAKE_UP = Symbol('WakeUp');
