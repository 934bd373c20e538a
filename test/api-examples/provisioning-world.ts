import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AgentId, ConnectionId, PartnerId } from '@dialtone/domain';
import { createStores, type Stores } from '@dialtone/persistence';
import { createLogger, createRegistry, gatewayConfig, pepperedDigest, secretSealer } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { LoopbackServer } from '@dialtone/testing';
import { createGateway } from '../../apps/api-gateway/src/create-gateway';
import { StoresModule } from '../../apps/api-gateway/src/outside/stores.module';
import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';

type Json = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: { readonly success: boolean; readonly data: never; readonly error: { readonly code: string } };
}

/** A partner with a VoiceLink connection to the simulator. */
interface Tenant {
  readonly partnerId: PartnerId;
  readonly apiKey: string;
  readonly connectionId: ConnectionId;
  readonly agentId: AgentId;
}

/** Soon enough for a test: what is not answered is given up after a bit more than a second, and its late effects two seconds after. */
const PACE = {
  VOICELINK_TIMEOUT_MS: '1200',
  VOICELINK_LATE_EFFECT_MS: '100',
  VOICELINK_STALE_READS_MS: '300',
  LEASE_TTL_MS: '5000',
};

/** Takes every credential, as Plivo does with 200. */
const startCarrier = (): Promise<LoopbackServer> => LoopbackServer.start(() => ({ json: {} }));

/** How many there were to VoiceLink and from partners, and when a key was used last. */
const OF_REQUESTS = new Set(['gcra', 'request_windows', 'api_keys']);

/** The gateway, PostgreSQL and the simulator, all real; the tenant and the simulated account are each test's own. */
export class ProvisioningWorld {
  private current: Tenant | null = null;
  private carrier: LoopbackServer | null = null;

  private constructor(
    readonly database: TestDatabase,
    readonly simulator: RunningSimulator,
    readonly stores: Stores,
    readonly gateways: readonly NestFastifyApplication[],
  ) {}

  /** `gateways`: so many processes of the gateway, which share nothing but the database. */
  static async start(gateways = 1): Promise<ProvisioningWorld> {
    const [database, simulator, carrier] = await Promise.all([
      createTestDatabase(),
      startSimulator({ dids: 0 }),
      startCarrier(),
    ]);
    const config = gatewayConfig({
      DATABASE_URL: database.url,
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      VOICELINK_BASE_URL_ALLOWLIST: simulator.url,
      CARRIER_BASE_URLS: `plivo=${carrier.url}`,
      CARRIER_PRIVATE_NETWORKS: '127.0.0.0/8',
      RATE_LIMIT_PER_MINUTE: '0',
      ...PACE,
    });
    const stores = createStores(await database.connectAsApp(4), {
      secretBox: secretSealer(config.credentialsKeys),
      hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
    });
    const logger = createLogger({ name: 'test', level: 'silent' });
    const apps = await Promise.all(
      Array.from({ length: gateways }, async () => {
        const app = await createGateway(StoresModule.over(config, logger), { logger, registry: createRegistry() });
        await app.init();
        return app;
      }),
    );
    const world = new ProvisioningWorld(database, simulator, stores, apps);
    world.carrier = carrier;
    return world;
  }

  /** An empty VoiceLink account, and a partner who has just connected it. */
  async reset(agentName = 'Sales Agent'): Promise<void> {
    await this.admin('DELETE', '/state');
    await this.admin('DELETE', '/records');
    const { partners, apiKeys, connections, agents } = this.stores;
    // A number takes inbound calls on one connection only.
    if (this.current !== null) await connections.disconnect(this.current.partnerId, this.current.connectionId);
    const partner = await partners.create(`Partner ${randomBytes(4).toString('hex')}`);
    const { apiKey } = await apiKeys.issue(partner.id, 'test');
    const { id } = await connections.create({
      partnerId: partner.id,
      name: 'VoiceLink',
      baseUrl: this.simulator.url,
      credentials: this.simulator.credentials,
    });
    const agent = await agents.create(partner.id, agentName);
    if (agent === 'name_taken') throw new Error('a new partner has no agents');
    this.current = { partnerId: partner.id, apiKey, connectionId: id, agentId: agent.id };
  }

  get tenant(): Tenant {
    if (this.current === null) throw new Error('call reset first');
    return this.current;
  }

  async admin(method: string, path: string, body?: Json): Promise<Json> {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${this.simulator.adminUrl}${path}`, { method, ...json });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Json;
  }

  /** Mutating calls that VoiceLink received, by endpoint, and whether they changed anything. */
  async writes(): Promise<readonly string[]> {
    const { entries } = (await this.admin('GET', '/journal')) as {
      readonly entries?: readonly { readonly endpoint: string; readonly effect: boolean }[];
    };
    return (entries ?? []).filter(({ effect }) => effect).map(({ endpoint }) => endpoint);
  }

  /** Every row of every table, but for those that note the requests themselves. */
  async contents(): Promise<Readonly<Record<string, readonly string[]>>> {
    const source = await this.database.connect(1);
    const tables = await source.query<{ name: string }[]>(
      `select table_name as name from information_schema.tables
        where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
    );
    const contents: Record<string, readonly string[]> = {};
    for (const { name } of tables.filter((table) => !OF_REQUESTS.has(table.name))) {
      const rows = await source.query<{ row: string }[]>(`select t::text as row from ${name} t order by 1`);
      contents[name] = rows.map(({ row }) => row);
    }
    await source.destroy();
    return contents;
  }

  async post(path: 'sync' | 'call-ready', body: Json, gateway = 0): Promise<Answer> {
    const app = this.gateways[gateway];
    if (app === undefined) throw new Error(`there is no gateway ${String(gateway)}`);
    const response = await app.inject({
      method: 'POST',
      url: `/api/v2/voicelink/${path}`,
      headers: { authorization: `Bearer ${this.tenant.apiKey}` },
      payload: body,
    });
    return { status: response.statusCode, text: response.body, json: response.json() };
  }

  async stop(): Promise<void> {
    await this.carrier?.stop();
    await Promise.all(this.gateways.map((app) => app.close()));
    await this.simulator.stop();
    await this.database.drop();
  }
}
