/** Injection tokens of what the gateway gets from the outside: stores, settings and the state of the process. */
export const BINDING_STORE = Symbol('BindingStore');
export const READINESS_STORE = Symbol('ReadinessStore');
export const CONNECTION_STORE = Symbol('ConnectionStore');
export const API_KEY_STORE = Symbol('ApiKeyStore');
export const IDEMPOTENCY_STORE = Symbol('IdempotencyStore');
/** A HealthRegistry of @dialtone/platform. */
export const HEALTH = Symbol('HealthRegistry');
/** The process's logger (pino). */
export const LOGGER = Symbol('Logger');
export const GATEWAY_SETTINGS = Symbol('GatewaySettings');

/** All of them: what the module outside must provide. */
export const OUTSIDE_TOKENS = [
  BINDING_STORE,
  READINESS_STORE,
  CONNECTION_STORE,
  API_KEY_STORE,
  IDEMPOTENCY_STORE,
  HEALTH,
  LOGGER,
  GATEWAY_SETTINGS,
] as const;

/** The configuration values that requests depend on. */
export interface GatewaySettings {
  /** Digits of the country code that numbers without one get, for example "91". */
  readonly countryCode: string;
  /** Where a bot must point to when a declaration does not say. */
  readonly defaultWebsocketUrl: string;
}
