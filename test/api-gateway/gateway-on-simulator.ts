import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AgentId, ConnectionId, PartnerId } from '@dialtone/domain';
import { Engine, engineSettings, type EngineObserver } from '@dialtone/engine';
import { createStores, type Stores } from '@dialtone/persistence';
import {
  createLogger,
  gatewayConfig,
  pepperedDigest,
  reconcilerConfig,
  Registry,
  secretSealer,
  SystemClock,
} from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { AccountPool } from '@dialtone/voicelink';
import { createGateway } from '../../apps/api-gateway/src/create-gateway';
import { StoresModule } from '../../apps/api-gateway/src/outside/stores.module';
import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';

export const DEFAULT_WEBSOCKET_URL = 'wss://bots.dialtone.example/ws';

const MANY = 100;

export interface Tenant {
  readonly partnerId: PartnerId;
  readonly apiKey: string;
  readonly connectionId: ConnectionId;
  readonly agentId: AgentId;
}

interface Body {
  readonly success: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details?: readonly { readonly field: string; readonly message: string }[];
  };
}

export interface Ask {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly apiKey?: string;
  /** Default: the first gateway. */
  readonly app?: NestFastifyApplication;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly json: Body;
}

const environmentOf = (
  databaseUrl: string,
  simulators: readonly RunningSimulator[],
): Readonly<Record<string, string>> => ({
  DATABASE_URL: databaseUrl,
  API_KEY_PEPPER: randomBytes(32).toString('base64'),
  CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  VOICELINK_BASE_URL_ALLOWLIST: simulators.map(({ url }) => url).join(),
  VOICELINK_TIMEOUT_MS: '1500',
  VOICELINK_LATE_EFFECT_MS: '1500',
  VOICELINK_STALE_READS_MS: '300',
  DEFAULT_WEBSOCKET_URL,
  RATE_LIMIT_PER_MINUTE: '0',
});

type DataSource = Awaited<ReturnType<TestDatabase['connect']>>;

interface Parts {
  readonly app: NestFastifyApplication;
  readonly simulator: RunningSimulator;
  readonly stores: Stores;
  readonly source: DataSource;
  readonly engine: Engine;
  readonly steps: readonly TakenStep[];
  readonly log: readonly string[];
  readonly startGateway: () => Promise<NestFastifyApplication>;
  readonly close: () => Promise<void>;
}

/** The real gateway on PostgreSQL and a VoiceLink simulator over HTTP, and an engine that takes turns when it is told to. */
export class GatewayOnSimulator {
  readonly app: NestFastifyApplication;
  readonly simulator: RunningSimulator;
  readonly stores: Stores;
  readonly source: DataSource;
  readonly engine: Engine;
  /** Steps that the engine has taken, in order. */
  readonly steps: readonly TakenStep[];
  /** Lines of the gateway's log. */
  readonly log: readonly string[];

  private constructor(private readonly parts: Parts) {
    ({
      app: this.app,
      simulator: this.simulator,
      stores: this.stores,
      source: this.source,
      engine: this.engine,
      steps: this.steps,
      log: this.log,
    } = parts);
  }

  /**
   * `settings` come on top of the usual environment, for gateway and engine alike. Connections may name `others`, too, which
   * the caller stops.
   */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    others: readonly RunningSimulator[] = [],
  ): Promise<GatewayOnSimulator> {
    const [database, simulator] = await Promise.all([createTestDatabase(), startSimulator({ dids: 0 })]);
    const env = { ...environmentOf(database.url, [simulator, ...others]), ...settings };
    const config = gatewayConfig(env);
    const source = await database.connect(6);
    const stores = createStores(source, {
      secretBox: secretSealer(config.credentialsKeys),
      hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
    });
    const log: string[] = [];
    const logger = createLogger({
      name: 'test',
      level: 'info',
      destination: { write: (line: string) => void log.push(line) },
    });
    const startGateway = async (): Promise<NestFastifyApplication> => {
      const gateway = await createGateway(StoresModule.over(config, logger), { logger, registry: new Registry() });
      return gateway.init();
    };
    const app = await startGateway();
    const accounts = new AccountPool({
      source: stores.connections,
      allowedBaseUrls: config.voicelinkBaseUrlAllowlist,
      account: { timeouts: { totalMs: config.voicelinkTimeoutMs } },
    });
    const steps: TakenStep[] = [];
    const engine = engineOf(stores, accounts, env, steps);
    const close = async (): Promise<void> => {
      await app.close();
      await accounts.close();
      await simulator.stop();
      await database.drop();
    };
    return new GatewayOnSimulator({ app, simulator, stores, source, engine, steps, log, startGateway, close });
  }

  close(): Promise<void> {
    return this.parts.close();
  }

  /** Another gateway on the same database, to be closed by the caller. */
  another(): Promise<NestFastifyApplication> {
    return this.parts.startGateway();
  }

  async addTenant(name: string): Promise<Tenant> {
    const { stores } = this;
    const partner = await stores.partners.create(name);
    const { apiKey } = await stores.apiKeys.issue(partner.id, 'test');
    const agent = await stores.agents.create(partner.id, 'Sales Agent');
    if (agent === 'name_taken') throw new Error('a new partner has no agents');
    return { partnerId: partner.id, apiKey, connectionId: await this.addConnection(partner.id), agentId: agent.id };
  }

  async addConnection(partnerId: PartnerId, password = this.simulator.credentials.password): Promise<ConnectionId> {
    const { url, credentials } = this.simulator;
    const access = { baseUrl: url, credentials: { ...credentials, password } };
    return (await this.stores.connections.create({ partnerId, name: 'VoiceLink', ...access })).id;
  }

  async ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, ask: Ask): Promise<Answer> {
    const { body, headers, apiKey, app = this.app } = ask;
    const response = await app.inject({
      method,
      url,
      headers: { ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }), ...headers },
      ...(body !== undefined && { payload: body }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      json: response.json<Body>(),
    };
  }

  /** The next tenant logs in as the same user: what VoiceLink made the last one wait for is nothing to it. */
  async forgetRequests(): Promise<void> {
    await this.source.query('delete from gcra');
  }

  /** Sweeps everything that is due. */
  async sweep(): Promise<void> {
    while (await this.engine.sweepOnce());
  }

  /** Works on the declarations that are due, each once. */
  async reconcile(): Promise<void> {
    for (const claimed of await this.engine.claim(MANY)) await this.engine.reconcile(claimed);
  }
}

type TakenStep = Pick<Parameters<EngineObserver['stepTaken']>[0], 'key' | 'step' | 'detail'>;

const recording = (steps: TakenStep[]): EngineObserver => ({
  reconciled: () => undefined,
  stepTaken: ({ key, step, detail }) => {
    steps.push({ key, step, detail });
  },
  swept: () => undefined,
  failed: ({ error }) => {
    throw error;
  },
});

const engineOf = (
  stores: Stores,
  accounts: AccountPool,
  env: Readonly<Record<string, string>>,
  steps: TakenStep[],
): Engine =>
  new Engine({
    accounts,
    bindingQueue: stores.bindingQueue,
    sweepQueue: stores.sweepQueue,
    connections: stores.voiceLinkConnections,
    keyStates: stores.keyStates,
    phoneNumbers: stores.phoneNumbers,
    journal: stores.journal,
    leases: stores.leases,
    listMemories: stores.listMemories,
    storeClock: stores.clock,
    clock: new SystemClock(),
    observer: recording(steps),
    settings: engineSettings(reconcilerConfig(env)),
    owner: 'engine under test',
  });
