import { randomBytes, randomUUID } from 'node:crypto';
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
  type Logger,
} from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { createGateway } from '../../apps/api-gateway/src/create-gateway';
import { StoresModule } from '../../apps/api-gateway/src/outside/stores.module';
import { reconcilerMetrics } from '../../apps/reconciler/src/metrics';
import { ReconcilerModule } from '../../apps/reconciler/src/reconciler.module';
import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: { readonly data: Readonly<Record<string, unknown>>; readonly error?: { readonly code: string } };
}

type Source = Awaited<ReturnType<TestDatabase['connect']>>;

const DIDS = 20;

/** Where carriers call back. */
export const PUBLIC_BASE_URL = 'https://api.example.com';

/** Gateway and reconciler in this process, at the most verbose log level, and all their output. */
export class CanarySystem {
  /** Lines of both apps' logs. */
  readonly log: string[] = [];
  /** Bodies and headers of all answers. */
  readonly answers: string[] = [];
  stores!: Stores;
  simulator!: RunningSimulator;
  private database!: TestDatabase;
  private source!: Source;
  private readonly gatewayRegistry = createRegistry();
  private gateway!: NestFastifyApplication;
  private reconciler!: NestFastifyApplication;

  async start(credentials: { readonly username: string; readonly password: string }): Promise<void> {
    [this.database, this.simulator] = await Promise.all([
      createTestDatabase(),
      startSimulator({ dids: DIDS, ...credentials }),
    ]);
    const env = this.environment();
    const config = gatewayConfig(env);
    this.source = await this.database.connect(4);
    this.stores = createStores(this.source, {
      secretBox: secretSealer(config.credentialsKeys),
      hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
    });
    const logger = this.logger('api-gateway');
    const registry = this.gatewayRegistry;
    this.gateway = await createGateway(StoresModule.over(config, logger, registry), { logger, registry });
    await this.gateway.init();
    this.reconciler = await this.startReconciler(env);
  }

  async ask(apiKey: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<Answer> {
    const response = await this.gateway.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${apiKey}`,
        // With an idempotency key, answers and digests of requests are stored.
        ...(method !== 'GET' && { 'idempotency-key': randomUUID() }),
      },
      ...(body !== undefined && { payload: body as object }),
    });
    this.answers.push(JSON.stringify(response.headers), response.body);
    const isJson = String(response.headers['content-type']).startsWith('application/json');
    return {
      status: response.statusCode,
      text: response.body,
      json: (isJson ? response.json() : {}) as Answer['json'],
    };
  }

  /** What a carrier sends to a callback URL. */
  async callBack(
    url: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
  ): Promise<number> {
    const response = await this.gateway.inject({
      method: 'POST',
      url: url.replace(PUBLIC_BASE_URL, ''),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(form).toString(),
    });
    this.answers.push(JSON.stringify(response.headers), response.body);
    return response.statusCode;
  }

  /** Both apps' metrics. */
  async metrics(): Promise<readonly string[]> {
    const reconciler = await this.reconciler.inject({ method: 'GET', url: '/metrics' });
    return [await this.gatewayRegistry.metrics(), reconciler.body];
  }

  /** Every row of every table as text, by table; bytea is shown in hexadecimal. */
  async rows(): Promise<ReadonlyMap<string, readonly string[]>> {
    const tables = await this.source.query<{ name: string }[]>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    const texts = tables.map(async ({ name }) => {
      const rows = await this.source.query<{ row: string }[]>(`select t::text as row from "${name}" t`);
      return [name, rows.map(({ row }) => row)] as const;
    });
    return new Map(await Promise.all(texts));
  }

  async stop(): Promise<void> {
    await this.reconciler.close();
    await this.gateway.close();
    await this.simulator.stop();
    await this.database.drop();
  }

  private environment(): Readonly<Record<string, string>> {
    return {
      DATABASE_URL: this.database.url,
      API_KEY_PEPPER: randomBytes(32).toString('base64'),
      CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      VOICELINK_BASE_URL_ALLOWLIST: this.simulator.url,
      PUBLIC_BASE_URL,
      VOICELINK_TIMEOUT_MS: '2000',
      VOICELINK_LATE_EFFECT_MS: '100',
      VOICELINK_STALE_READS_MS: '300',
      SWEEP_INTERVAL_MS: '300',
      POLL_INTERVAL_MS: '100',
      BACKOFF_BASE_MS: '100',
      BACKOFF_CAP_MS: '500',
      RATE_LIMIT_PER_MINUTE: '0',
      RATE_LIMIT_CALLS_PER_MINUTE: '0',
      RATE_LIMIT_CALLS_PER_PARTNER_MINUTE: '0',
    };
  }

  private logger(name: string): Logger {
    return createLogger({ name, level: 'trace', destination: { write: (line: string) => void this.log.push(line) } });
  }

  private async startReconciler(env: Readonly<Record<string, string>>): Promise<NestFastifyApplication> {
    const logger = this.logger('reconciler');
    const config = reconcilerConfig(env);
    const app = await NestFactory.create<NestFastifyApplication>(
      ReconcilerModule.register(config, logger, reconcilerMetrics(config)),
      new FastifyAdapter({ forceCloseConnections: true }),
      { logger: nestLogger(logger), abortOnError: false },
    );
    await app.init();
    return app;
  }
}
