import type { AccessVerdict, CarrierAccess, CarrierName, Carriers } from '@dialtone/carriers';
import type { CallParty, Quota } from '@dialtone/persistence';
import type { BindingMode, ConnectionId } from '@dialtone/domain';
import type { PlannedPlace, PresentPlanner, UpstreamLimits } from '@dialtone/engine';
import type { HttpVoiceLinkAccount } from '@dialtone/voicelink';

/** Injection tokens for everything outside of the gateway: stores, settings and the state of the process. */
export const BINDING_STORE = Symbol('BindingStore');
export const STEERING_STORE = Symbol('SteeringStore');
export const READINESS_STORE = Symbol('ReadinessStore');
/** History of @dialtone/engine. */
export const HISTORY = Symbol('History');
/** EventWatch of @dialtone/engine. */
export const EVENT_WATCH = Symbol('EventWatch');
/** NumberStore of @dialtone/persistence. */
export const NUMBER_STORE = Symbol('NumberStore');
/** ReadinessTrend of @dialtone/persistence. */
export const READINESS_TREND = Symbol('ReadinessTrend');
export const CONNECTION_STORE = Symbol('ConnectionStore');
/** ConnectionStates of @dialtone/persistence. */
export const CONNECTION_STATES = Symbol('ConnectionStates');
export const INVENTORY_STORE = Symbol('PhoneNumberInventory');
export const AGENT_STORE = Symbol('AgentStore');
export const API_KEY_STORE = Symbol('ApiKeyStore');
export const IDEMPOTENCY_STORE = Symbol('IdempotencyStore');
/** VoiceLinkAccounts: the accounts behind the connections. */
export const ACCOUNTS = Symbol('Accounts');
/** Leases of @dialtone/engine, shared with the reconciler. */
export const LEASES = Symbol('Leases');
/** KnownClients of @dialtone/persistence. */
export const KNOWN_CLIENTS = Symbol('KnownClients');
/** ObservedTargets of @dialtone/persistence. */
export const OBSERVED_TARGETS = Symbol('ObservedTargets');
/** PassedOnWrites of @dialtone/engine. */
export const REQUESTED_WRITES = Symbol('PassedOnWrites');
/** Provisioner of @dialtone/engine. */
export const PROVISIONER = Symbol('Provisioner');
/** WorkTrigger of @dialtone/persistence. */
export const WORK_TRIGGER = Symbol('WorkTrigger');
/** `BindingPlanner`: makes the plans that the reconciler would make. */
export const BINDING_PLANNER = Symbol('BindingPlanner');
/** PlanStore of @dialtone/persistence. */
export const PLAN_STORE = Symbol('PlanStore');
export const CALL_STORE = Symbol('CallStore');
/** CallMetrics of @dialtone/platform. */
export const CALL_METRICS = Symbol('CallMetrics');
/** CarrierAccessStore of @dialtone/persistence. */
export const CARRIER_ACCESS = Symbol('CarrierAccessStore');
/** NumberPointings of @dialtone/persistence. */
export const NUMBER_POINTINGS = Symbol('NumberPointings');
/** `CarrierAccounts`: opens accounts at carriers other than VoiceLink. */
export const CARRIERS = Symbol('Carriers');
export const REQUEST_WINDOWS = Symbol('RequestWindows');
/** LoginAttempts of @dialtone/persistence. */
export const LOGIN_ATTEMPTS = Symbol('LoginAttempts');
/** Tries a VoiceLink login: `VoiceLinkLogin` of voicelink-login.ts. */
export const VOICELINK_LOGIN = Symbol('VoiceLinkLogin');
/** Verifies credentials at a carrier other than VoiceLink: `CarrierCheck`. */
export const CARRIER_CHECK = Symbol('CarrierCheck');
/** Reads the numbers of a connection at its carrier: `CarrierNumbers` of carrier-numbers.ts. */
export const CARRIER_NUMBERS = Symbol('CarrierNumbers');
/** WebhookStore of @dialtone/persistence. */
export const WEBHOOK_STORE = Symbol('WebhookStore');
/** WebhookSender of @dialtone/engine. */
export const WEBHOOK_SENDER = Symbol('WebhookSender');
/** `Commits`: tells of every commit that may concern a reader. */
export const COMMITS = Symbol('Commits');
/** Clock of @dialtone/engine. */
export const CLOCK = Symbol('Clock');
/** A HealthRegistry of @dialtone/platform. */
export const HEALTH = Symbol('HealthRegistry');
/** The process's logger (pino). */
export const LOGGER = Symbol('Logger');
export const GATEWAY_SETTINGS = Symbol('GatewaySettings');

/** All tokens: the module outside must provide each. */
export const OUTSIDE_TOKENS = [
  BINDING_STORE,
  STEERING_STORE,
  READINESS_STORE,
  HISTORY,
  EVENT_WATCH,
  NUMBER_STORE,
  READINESS_TREND,
  CONNECTION_STORE,
  CONNECTION_STATES,
  INVENTORY_STORE,
  AGENT_STORE,
  API_KEY_STORE,
  IDEMPOTENCY_STORE,
  ACCOUNTS,
  LEASES,
  KNOWN_CLIENTS,
  OBSERVED_TARGETS,
  REQUESTED_WRITES,
  PROVISIONER,
  WORK_TRIGGER,
  BINDING_PLANNER,
  PLAN_STORE,
  CALL_STORE,
  CALL_METRICS,
  CARRIER_ACCESS,
  NUMBER_POINTINGS,
  CARRIERS,
  REQUEST_WINDOWS,
  LOGIN_ATTEMPTS,
  VOICELINK_LOGIN,
  CARRIER_CHECK,
  CARRIER_NUMBERS,
  WEBHOOK_STORE,
  WEBHOOK_SENDER,
  COMMITS,
  CLOCK,
  HEALTH,
  LOGGER,
  GATEWAY_SETTINGS,
] as const;

/** Verifies the credentials of one connection at a carrier other than VoiceLink, before they are stored. */
export type CarrierCheck = (name: CarrierName, access: CarrierAccess) => Promise<AccessVerdict>;

/** Opens accounts at carriers other than VoiceLink. */
export type CarrierAccounts = Pick<Carriers, 'open'>;

/** Opens the VoiceLink account of a connection; returns the same object while its credentials stay the same. */
export interface VoiceLinkAccounts {
  /** Null when the connection is missing, disconnected or not VoiceLink, or its base URL is not allowed. */
  open(connectionId: ConnectionId): Promise<HttpVoiceLinkAccount | null>;
}
export interface CommitsHeard {
  close(): Promise<void>;
}
/** Calls `onCommit` after commits of any process that logged an event or made work due, and whenever some may have been missed. */
export type Commits = (onCommit: () => void) => CommitsHeard;
/** A planner for these numbers, as `presentPlanner` of @dialtone/engine. Sends and stores nothing. */
export type BindingPlanner = (places: readonly PlannedPlace[]) => Promise<PresentPlanner>;

/** Requests of an API key are counted in two buckets: `/api/v2/calls/…`, and all others. */
export type RequestBucket = 'general' | 'calls';

/** The configuration values that requests depend on. */
export interface GatewaySettings {
  /** Digits of the country code that numbers without one get, for example "91". */
  readonly countryCode: string;
  /** Where a bot must point to when a declaration does not say. */
  readonly defaultWebsocketUrl: string;
  /** How long a statement may take, and a look-up that requests share, ms. */
  readonly databaseTimeoutMs: number;
  /** How long a verdict counts without having been confirmed, ms. */
  readonly freshForMs: number;
  /** The mode of the deployment. */
  readonly mode: BindingMode;
  /** This deployment writes nothing to VoiceLink. */
  readonly dryRun: boolean;
  /** Requests to VoiceLink that one login may send; of each connection. */
  readonly upstreamLimits: Pick<UpstreamLimits, 'ratePerSecond' | 'burst'>;
  /** How long a lease lasts without being renewed, ms. */
  readonly leaseTtlMs: number;
  /** Requests that one API key may send in a minute; 0: any number. */
  readonly requestsPerMinute: Readonly<Record<RequestBucket, number>>;
  /** Requests to /calls that all API keys of a partner together may send in a minute; 0: any number. */
  readonly callsPerPartnerMinute: number;
  /** Numbers that one API key may declare and withdraw in a minute; 0: any number. */
  readonly declarationsPerMinute: number;
  /** Calls that a partner may start in a day, unless its policy says otherwise; 0: any number. */
  readonly callsPerPartnerDay: number;
  /** Streams of events of a partner in this process; 0: any number. */
  readonly streamsPerPartner: number;
  /** 0: any number. */
  readonly callsAtOnce: Readonly<Record<CallParty, number>>;
  /** What a partner may have unless the operator has set something else for it; 0: any number. */
  readonly quotas: Readonly<Record<Quota, number>>;
  /** Where carriers reach this API, without a slash at the end; null: they are given no URLs. */
  readonly publicBaseUrl: string | null;
  /** Whether events may go to http:// URLs. */
  readonly webhookAllowHttp: boolean;
  /** Whether VoiceLink is told where to tell how a call goes. */
  readonly voicelinkCallEvents: boolean;
  /** Whether a media gateway places calls of SIP connections. */
  readonly hasSipGateway: boolean;
  /** With which the media gateway for SIP calls signs its hooks; null: it does not. */
  readonly sipGatewaySecret: string | null;
  /** Base URLs that a connection may name, in canonical form; the first one is the default. */
  readonly baseUrls: Readonly<Record<'voicelink' | 'tata_smartflo', readonly string[]>>;
}
