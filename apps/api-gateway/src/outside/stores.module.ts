import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { judgeAccess, type Carriers } from '@dialtone/carriers';
import { WRITING_STEPS } from '@dialtone/domain';
import { engineSettings, freshForMs, meteredJournal, presentPlanner, type WriteJournal } from '@dialtone/engine';
import { createListener, type Stores } from '@dialtone/persistence';
import {
  callMetrics,
  gateMetrics,
  HealthRegistry,
  readinessTimings,
  Registry,
  SystemClock,
  sweepMetrics,
  unreadableValues,
  upstreamMetrics,
  writeMetrics,
  type GatewayConfig,
  type Logger,
} from '@dialtone/platform';
import {
  accountPoolOf,
  carriersOf,
  openDatabase,
  protectionOf,
  storesOn,
  webhookSenderOf,
  type Database,
} from '@dialtone/runtime';
import type { AccountPool, UpstreamProtection } from '@dialtone/voicelink';
import { carrierNumbersOf } from './carrier-numbers';
import { tryVoiceLinkLogin } from './voicelink-login';
import {
  ACCOUNTS,
  AGENT_STORE,
  API_KEY_STORE,
  BINDING_STORE,
  STEERING_STORE,
  BINDING_PLANNER,
  type BindingPlanner,
  CALL_METRICS,
  CALL_STORE,
  CARRIER_ACCESS,
  CARRIERS,
  CARRIER_CHECK,
  CARRIER_NUMBERS,
  type CarrierCheck,
  CLOCK,
  COMMITS,
  type Commits,
  CONNECTION_STORE,
  CONNECTION_STATES,
  EVENT_WATCH,
  GATEWAY_SETTINGS,
  HEALTH,
  HISTORY,
  IDEMPOTENCY_STORE,
  INVENTORY_STORE,
  KNOWN_CLIENTS,
  LEASES,
  LOGIN_ATTEMPTS,
  LOGGER,
  NUMBER_POINTINGS,
  NUMBER_STORE,
  READINESS_TREND,
  OBSERVED_TARGETS,
  OUTSIDE_TOKENS,
  PLAN_STORE,
  PROVISIONER,
  READINESS_STORE,
  REQUESTED_WRITES,
  VOICELINK_LOGIN,
  WEBHOOK_SENDER,
  WEBHOOK_STORE,
  WORK_TRIGGER,
  REQUEST_WINDOWS,
  type GatewaySettings,
} from './tokens';
import { provisionerOf, passedOnWritesOf } from './provisioner';
import { registerStaleDids } from './stale-dids';

const DATA_SOURCE = Symbol('DataSource');
const STORES = Symbol('Stores');
const JOURNAL = Symbol('WriteJournal');
const PROTECTION = Symbol('UpstreamProtection');
const STALE_METRIC = Symbol('StaleMetric');

/** The health routes are public: requests to them must not keep the database busy. */
const HEALTH_TIMEOUT_MS = 2_000;
const HEALTH_REUSE_MS = 1_000;

/** A lock is held by one transaction, of some ms: what waits longer waits for trouble, and keeps a connection from others. */
const DATABASE_USE = { applicationName: 'dialtone-api-gateway', lockTimeoutMs: 2_000 };

const healthOf = (stores: Stores): HealthRegistry =>
  new HealthRegistry(HEALTH_TIMEOUT_MS, HEALTH_REUSE_MS).add('readiness', 'database', async () => {
    await stores.probe.check();
    return null;
  });

const fromStores = (provide: symbol, useFactory: (stores: Stores) => unknown): Provider => ({
  provide,
  useFactory,
  inject: [STORES],
});

const plannerOf =
  (stores: Stores, config: GatewayConfig): BindingPlanner =>
  (places) =>
    presentPlanner(
      {
        connections: stores.voiceLinkConnections,
        clock: new SystemClock(),
        settings: engineSettings(config),
      },
      places,
    );

const settingsOf = (config: GatewayConfig): GatewaySettings => ({
  countryCode: config.voicelinkCountryCode,
  defaultWebsocketUrl: config.defaultWebsocketUrl,
  databaseTimeoutMs: config.databaseTimeoutMs,
  freshForMs: freshForMs(config),
  mode: config.writeMode,
  dryRun: config.dryRun,
  upstreamLimits: { ratePerSecond: config.voicelinkRatePerSecond, burst: config.voicelinkRateBurst },
  leaseTtlMs: config.leaseTtlMs,
  requestsPerMinute: { general: config.rateLimitPerMinute, calls: config.rateLimitCallsPerMinute },
  callsPerPartnerMinute: config.rateLimitCallsPerPartnerMinute,
  declarationsPerMinute: config.rateLimitDeclarationsPerMinute,
  callsPerPartnerDay: config.maxCallsPerPartnerDay,
  streamsPerPartner: config.maxEventStreamsPerPartner,
  callsAtOnce: { connection: config.maxCallsAtOncePerConnection, partner: config.maxCallsAtOncePerPartner },
  quotas: {
    agents: config.maxAgentsPerPartner,
    bindings: config.maxBindingsPerPartner,
    connections: config.maxConnectionsPerPartner,
    phone_numbers: config.maxPhoneNumbersPerPartner,
    pauses: config.maxPausesPerPartner,
    webhooks: config.maxWebhooksPerPartner,
    kept_answer_bytes: config.maxKeptAnswerBytesPerPartner,
  },
  publicBaseUrl: config.publicBaseUrl,
  webhookAllowHttp: config.webhookAllowHttp,
  voicelinkCallEvents: config.voicelinkCallEvents,
  hasSipGateway: config.sipGatewayUrl !== null,
  sipGatewaySecret: config.sipGatewayWebhookSecret,
  baseUrls: {
    voicelink: config.voicelinkBaseUrlAllowlist,
    tata_smartflo: config.tataSmartfloBaseUrlAllowlist,
  },
});

const upstreamProviders = (config: GatewayConfig, logger: Logger, registry: Registry): readonly Provider[] => [
  fromStores(PROTECTION, (stores) => protectionOf(stores, { config, logger, metrics: gateMetrics(registry) })),
  {
    provide: ACCOUNTS,
    useFactory: (stores: Stores, protection: UpstreamProtection) =>
      accountPoolOf(stores, {
        config,
        protection,
        metrics: upstreamMetrics(registry),
        unreadableOf: unreadableValues(registry, logger),
      }),
    inject: [STORES, PROTECTION],
  },
];

const commitsOf =
  (config: GatewayConfig, logger: Logger): Commits =>
  (onCommit) =>
    createListener(config.databaseUrl, onCommit, {
      onError: (error) => {
        logger.warn({ err: error }, 'Not hearing of commits; requests that wait look when their time is up');
      },
    });

const carrierCheckOf =
  (carriers: Carriers): CarrierCheck =>
  (name, access) =>
    judgeAccess(carriers, name, access);

/** Stores as they are. */
const STORE_PROVIDERS: readonly Provider[] = [
  fromStores(BINDING_STORE, (stores) => stores.bindings),
  fromStores(STEERING_STORE, (stores) => stores.steering),
  fromStores(HISTORY, (stores) => stores.history),
  fromStores(EVENT_WATCH, (stores) => stores.eventWatch),
  fromStores(READINESS_STORE, (stores) => stores.readiness),
  fromStores(NUMBER_STORE, (stores) => stores.numbers),
  fromStores(READINESS_TREND, (stores) => stores.readinessTrend),
  fromStores(CONNECTION_STORE, (stores) => stores.connections),
  fromStores(CONNECTION_STATES, (stores) => stores.connectionStates),
  fromStores(INVENTORY_STORE, (stores) => stores.inventory),
  fromStores(AGENT_STORE, (stores) => stores.agents),
  fromStores(API_KEY_STORE, (stores) => stores.apiKeys),
  fromStores(IDEMPOTENCY_STORE, (stores) => stores.idempotency),
  fromStores(LEASES, (stores) => stores.leases),
  fromStores(KNOWN_CLIENTS, (stores) => stores.knownClients),
  fromStores(OBSERVED_TARGETS, (stores) => stores.observedTargets),
  fromStores(WEBHOOK_STORE, (stores) => stores.webhooks),
  fromStores(WORK_TRIGGER, (stores) => stores.trigger),
];

const databaseProviders = (config: GatewayConfig, logger: Logger, registry: Registry): readonly Provider[] => [
  {
    provide: DATA_SOURCE,
    useFactory: () => openDatabase({ config, ...DATABASE_USE, logger, registry }),
  },
  {
    provide: STORES,
    useFactory: (database: Database) => storesOn(database, config, readinessTimings(registry)),
    inject: [DATA_SOURCE],
  },
];

const providersFor = (config: GatewayConfig, logger: Logger, registry: Registry): readonly Provider[] => [
  ...databaseProviders(config, logger, registry),
  ...STORE_PROVIDERS,
  fromStores(JOURNAL, (stores) =>
    meteredJournal(stores.journal, writeMetrics(registry, [...WRITING_STEPS, 'release', 'request'])),
  ),
  ...upstreamProviders(config, logger, registry),
  {
    provide: PROVISIONER,
    useFactory: (stores: Stores, accounts: AccountPool, journal: WriteJournal) =>
      provisionerOf(stores, accounts, { config, logger, journal, sweeps: sweepMetrics(registry) }),
    inject: [STORES, ACCOUNTS, JOURNAL],
  },
  {
    provide: REQUESTED_WRITES,
    useFactory: (stores: Stores, journal: WriteJournal) => passedOnWritesOf(stores, journal, config),
    inject: [STORES, JOURNAL],
  },
  fromStores(BINDING_PLANNER, (stores) => plannerOf(stores, config)),
  fromStores(PLAN_STORE, (stores) => stores.plans),
  fromStores(CALL_STORE, (stores) => stores.calls),
  { provide: CALL_METRICS, useFactory: () => callMetrics(registry) },
  fromStores(NUMBER_POINTINGS, (stores) => stores.pointings),
  fromStores(CARRIER_ACCESS, (stores) => stores.carrierAccess),
  fromStores(LOGIN_ATTEMPTS, (stores) => stores.loginAttempts),
  fromStores(REQUEST_WINDOWS, (stores) => stores.requestWindows),
  { provide: COMMITS, useValue: commitsOf(config, logger) },
  { provide: CLOCK, useClass: SystemClock },
  fromStores(HEALTH, healthOf),
  fromStores(STALE_METRIC, ({ stats }) => registerStaleDids(stats, registry, freshForMs(config))),
  { provide: LOGGER, useValue: logger },
  {
    provide: VOICELINK_LOGIN,
    useFactory: (protection: UpstreamProtection) => tryVoiceLinkLogin(config.voicelinkTimeoutMs, protection),
    inject: [PROTECTION],
  },
  { provide: WEBHOOK_SENDER, useValue: webhookSenderOf(config) },
  { provide: CARRIERS, useValue: carriersOf(config) },
  { provide: CARRIER_CHECK, useFactory: carrierCheckOf, inject: [CARRIERS] },
  {
    provide: CARRIER_NUMBERS,
    useFactory: ({ carrierAccess }: Stores, carriers: Carriers) => carrierNumbersOf(carrierAccess, carriers),
    inject: [STORES, CARRIERS],
  },
  { provide: GATEWAY_SETTINGS, useValue: settingsOf(config) },
];

/** PostgreSQL and VoiceLink, connected before the first request and closed after the last. */
@Module({})
export class StoresModule implements OnApplicationShutdown {
  constructor(
    @Inject(DATA_SOURCE) private readonly database: Database,
    @Inject(ACCOUNTS) private readonly accounts: AccountPool,
  ) {}

  /** `registry` collects the metrics of VoiceLink calls and of the database; by default they are not exposed. */
  static over(config: GatewayConfig, logger: Logger, registry: Registry = new Registry()): DynamicModule {
    return {
      module: StoresModule,
      global: true,
      providers: [...providersFor(config, logger, registry)],
      exports: [...OUTSIDE_TOKENS],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    // First: an aborted call still writes its outcome to the database.
    await this.accounts.close();
    await this.database.destroy();
  }
}
