import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createStores, type Stores } from '@dialtone/persistence';
import {
  createLogger,
  createRegistry,
  gatewayConfig,
  nestLogger,
  pepperedDigest,
  reconcilerConfig,
  secretSealer,
} from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { createGateway } from '../../apps/api-gateway/src/create-gateway';
import { StoresModule } from '../../apps/api-gateway/src/outside/stores.module';
import { reconcilerMetrics } from '../../apps/reconciler/src/metrics';
import { ReconcilerModule } from '../../apps/reconciler/src/reconciler.module';
import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';

const DIDS = 20;

type Environment = Readonly<Record<string, string>>;

const environmentOf = (databaseUrl: string, simulators: readonly RunningSimulator[]): Environment => ({
  DATABASE_URL: databaseUrl,
  API_KEY_PEPPER: randomBytes(32).toString('base64'),
  CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  VOICELINK_BASE_URL_ALLOWLIST: simulators.map(({ url }) => url).join(','),
  SWEEP_INTERVAL_MS: '500',
  POLL_INTERVAL_MS: '100',
  BACKOFF_BASE_MS: '100',
  BACKOFF_CAP_MS: '500',
  RATE_LIMIT_PER_MINUTE: '0',
});

const logger = createLogger({ name: 'test', level: 'silent' });

const startGateway = async (env: Environment): Promise<NestFastifyApplication> => {
  const outside = StoresModule.over(gatewayConfig(env), logger);
  const app = await createGateway(outside, { logger, registry: createRegistry() });
  await app.listen(0, '127.0.0.1');
  return app;
};

const startReconciler = async (env: Environment): Promise<NestFastifyApplication> => {
  const config = reconcilerConfig(env);
  const app = await NestFactory.create<NestFastifyApplication>(
    ReconcilerModule.register(config, logger, reconcilerMetrics(config)),
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: nestLogger(logger), abortOnError: false },
  );
  return app.init();
};

interface Parts {
  readonly database: TestDatabase;
  readonly simulators: RunningSimulator[];
  readonly stores: Stores;
  readonly apps: readonly NestFastifyApplication[];
  readonly url: string;
}

/** Gateway, reconciler and PostgreSQL, and a VoiceLink account for each partner. */
export class ClientWorld {
  readonly url: string;
  private readonly taken: RunningSimulator[] = [];

  private constructor(private readonly parts: Parts) {
    this.url = parts.url;
  }

  static async start(partners: number): Promise<ClientWorld> {
    const accounts = Array.from({ length: partners }, () => startSimulator({ dids: DIDS }));
    const [database, ...simulators] = await Promise.all([createTestDatabase(), ...accounts]);
    const env = environmentOf(database.url, simulators);
    const config = gatewayConfig(env);
    const stores = createStores(await database.connectAsApp(2), {
      secretBox: secretSealer(config.credentialsKeys),
      hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
    });
    const gateway = await startGateway(env);
    const reconciler = await startReconciler(env);
    const url = await gateway.getUrl();
    return new ClientWorld({ database, simulators: [...simulators], stores, apps: [gateway, reconciler], url });
  }

  /** The settings of a partner's program: the gateway, an API key, and an account of VoiceLink. */
  async newPartner(name: string): Promise<readonly string[]> {
    const { stores, simulators } = this.parts;
    const simulator = simulators.pop();
    if (simulator === undefined) throw new Error('More partners than were announced.');
    this.taken.push(simulator);
    const partner = await stores.partners.create(name);
    const { apiKey } = await stores.apiKeys.issue(partner.id, 'generated client');
    return [this.url, apiKey, simulator.url, simulator.credentials.username, simulator.credentials.password];
  }

  async document(): Promise<string> {
    return (await fetch(`${this.url}/openapi.json`)).text();
  }

  async stop(): Promise<void> {
    const { apps, simulators, database } = this.parts;
    for (const app of apps.toReversed()) await app.close();
    await Promise.all([...simulators, ...this.taken].map((simulator) => simulator.stop()));
    await database.drop();
  }
}
