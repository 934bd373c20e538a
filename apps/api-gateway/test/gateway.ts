import { Module, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { callMetrics, createLogger, HealthRegistry, Registry, type Logger } from '@dialtone/platform';
import { createGateway } from '../src/create-gateway';
import {
  ACCOUNTS,
  AGENT_STORE,
  API_KEY_STORE,
  BINDING_STORE,
  STEERING_STORE,
  CALL_METRICS,
  CALL_STORE,
  CARRIER_ACCESS,
  CARRIERS,
  CARRIER_CHECK,
  CARRIER_NUMBERS,
  CLOCK,
  COMMITS,
  CONNECTION_STORE,
  CONNECTION_STATES,
  GATEWAY_SETTINGS,
  HEALTH,
  IDEMPOTENCY_STORE,
  INVENTORY_STORE,
  KNOWN_CLIENTS,
  LEASES,
  LOGIN_ATTEMPTS,
  LOGGER,
  NUMBER_POINTINGS,
  NUMBER_STORE,
  READINESS_TREND,
  BINDING_PLANNER,
  PLAN_STORE,
  OBSERVED_TARGETS,
  PROVISIONER,
  READINESS_STORE,
  HISTORY,
  EVENT_WATCH,
  REQUESTED_WRITES,
  VOICELINK_LOGIN,
  WEBHOOK_SENDER,
  WEBHOOK_STORE,
  WORK_TRIGGER,
  REQUEST_WINDOWS,
  type GatewaySettings,
} from '../src/outside/tokens';
import { DEFAULT_WEBSOCKET_URL } from './memory-plans';
import { MemoryWorld } from './memory-world';

export { PUBLIC_BASE_URL } from './memory-world';

const settingsOf = (world: MemoryWorld): GatewaySettings => ({
  countryCode: '91',
  defaultWebsocketUrl: DEFAULT_WEBSOCKET_URL,
  databaseTimeoutMs: 5_000,
  freshForMs: 120_000,
  mode: 'enforce',
  get dryRun() {
    return world.dryRun;
  },
  upstreamLimits: { ratePerSecond: 10, burst: 20 },
  leaseTtlMs: 30_000,
  requestsPerMinute: world.requestsPerMinute,
  get callsPerPartnerMinute() {
    return world.callsPerPartnerMinute;
  },
  get declarationsPerMinute() {
    return world.declarationsPerMinute;
  },
  callsPerPartnerDay: 0,
  streamsPerPartner: 3,
  callsAtOnce: { connection: 0, partner: 0 },
  quotas: world.quotas,
  get publicBaseUrl() {
    return world.publicBaseUrl;
  },
  webhookAllowHttp: false,
  voicelinkCallEvents: true,
  get hasSipGateway() {
    return world.hasSipGateway;
  },
  sipGatewaySecret: null,
  baseUrls: {
    voicelink: ['https://voicelink.example.com/api', 'https://uat.voicelink.example.com/api'],
    tata_smartflo: ['https://tata.example.com'],
  },
});

@Module({})
class Outside {}

interface Process {
  readonly health: HealthRegistry;
  readonly logger: Logger;
  readonly registry: Registry;
}

const outside = (world: MemoryWorld, { health, logger, registry }: Process): DynamicModule => {
  const values: readonly (readonly [symbol, unknown])[] = [
    [BINDING_STORE, world.bindings],
    [STEERING_STORE, world.steering.store],
    [READINESS_STORE, world.readiness],
    [HISTORY, world.history],
    [EVENT_WATCH, world.eventWatch],
    [NUMBER_STORE, world.numbers],
    [READINESS_TREND, world.trend],
    [CONNECTION_STORE, world.telephony.connections],
    [CONNECTION_STATES, world.telephony.states],
    [INVENTORY_STORE, world.telephony.inventory],
    [AGENT_STORE, world.telephony.agents.store],
    [VOICELINK_LOGIN, world.telephony.login],
    [CARRIER_CHECK, world.telephony.carrierCheck],
    [CARRIER_NUMBERS, world.telephony.carrierNumbers],
    [API_KEY_STORE, world.apiKeys],
    [CALL_STORE, world.calls],
    [CALL_METRICS, callMetrics(registry)],
    [NUMBER_POINTINGS, world.telephony.pointings],
    [CARRIER_ACCESS, world.telephony.carrierAccess],
    [CARRIERS, world.carriers],
    [IDEMPOTENCY_STORE, world.idempotency],
    [ACCOUNTS, world.voicelink],
    [LEASES, world.leases],
    [KNOWN_CLIENTS, world.knownClients],
    [OBSERVED_TARGETS, world.observedTargets],
    [BINDING_PLANNER, world.planner],
    [PLAN_STORE, world.plans],
    [PROVISIONER, world.provisioner],
    [REQUESTED_WRITES, world.requestedWrites],
    [WEBHOOK_STORE, world.webhooks.store],
    [WEBHOOK_SENDER, world.receivers],
    [WORK_TRIGGER, world.workTrigger],
    [COMMITS, world.commits],
    [CLOCK, world.waitClock],
    [HEALTH, health],
    [LOGGER, logger],
    [LOGIN_ATTEMPTS, world.telephony.loginAttempts],
    [REQUEST_WINDOWS, world.requestWindows],
    [GATEWAY_SETTINGS, settingsOf(world)],
  ];
  const providers = values.map(([provide, useValue]) => ({ provide, useValue }));
  return { module: Outside, global: true, providers, exports: providers.map(({ provide }) => provide) };
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly text: string;
  /** The parsed body; undefined when there is none. */
  readonly json: { readonly success: boolean; readonly data: never; readonly error: ApiFailure };
}

interface ApiFailure {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { readonly field: string; readonly message: string }[];
}

interface Ask {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly payload?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: without credentials. Default: the first tenant's key. */
  readonly apiKey?: string | null;
}

/** The real application over an in-memory world, asked without a socket. */
export class TestGateway {
  readonly world = new MemoryWorld();
  readonly registry = new Registry();
  tenant = this.world.addTenant();
  /** Lines of the log, as JSON text. */
  readonly log: string[] = [];
  databaseProblem: string | null = null;
  private application: NestFastifyApplication | null = null;

  static async start(): Promise<TestGateway> {
    const gateway = new TestGateway();
    await gateway.open();
    return gateway;
  }

  async open(): Promise<void> {
    const health = new HealthRegistry().add('readiness', 'database', () => Promise.resolve(this.databaseProblem));
    const logger = createLogger({
      name: 'test',
      level: 'info',
      destination: { write: (line: string) => void this.log.push(line) },
    });
    const { registry } = this;
    const app = await createGateway(outside(this.world, { health, logger, registry }), { logger, registry });
    this.application = app;
    await app.init();
  }

  /** Back to one tenant with one connection and one agent, in the same application. */
  reset(): void {
    this.world.clear();
    this.tenant = this.world.addTenant();
    this.log.length = 0;
    this.databaseProblem = null;
  }

  get app(): NestFastifyApplication {
    if (this.application === null) throw new Error('The gateway is not started.');
    return this.application;
  }

  async ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH' | 'HEAD', url: string, ask: Ask = {}): Promise<Answer> {
    const apiKey = ask.apiKey === undefined ? this.tenant.apiKey : ask.apiKey;
    const payload = ask.payload ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body));
    const response = await this.app.inject({
      method,
      url,
      headers: {
        ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...ask.headers,
      },
      ...(payload !== undefined && { payload }),
    });
    const isJson = String(response.headers['content-type']).startsWith('application/json') && response.body !== '';
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      json: (isJson ? JSON.parse(response.body) : undefined) as Answer['json'],
    };
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}

/** A gateway for all tests of the calling `describe`: opened before, reset before each test, closed after. */
export const useGateway = (): TestGateway => {
  const gateway = new TestGateway();
  beforeAll(() => gateway.open());
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());
  return gateway;
};
