import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  createLogger,
  createRegistry,
  gatewayConfig,
  reconcilerConfig,
  registerBuildInfo,
  type Registry,
} from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { createGateway } from '../../apps/api-gateway/src/create-gateway';
import { StoresModule } from '../../apps/api-gateway/src/outside/stores.module';
import { reconcilerMetrics } from '../../apps/reconciler/src/metrics';
import { ReconcilerModule } from '../../apps/reconciler/src/reconciler.module';

let database: TestDatabase;
const apps: NestFastifyApplication[] = [];
const logger = createLogger({ name: 'test', level: 'silent' });

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await database.drop();
});

const environment = (): Readonly<Record<string, string>> => ({
  DATABASE_URL: database.url,
  API_KEY_PEPPER: randomBytes(32).toString('base64'),
  CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
});

const startGateway = async (): Promise<Registry> => {
  const config = gatewayConfig(environment());
  const registry = createRegistry();
  registerBuildInfo(registry, { app: 'api-gateway', revision: config.buildRevision });
  const app = await createGateway(StoresModule.over(config, logger, registry), { logger, registry });
  await app.init();
  apps.push(app);
  return registry;
};

const startReconciler = async (): Promise<Registry> => {
  const config = reconcilerConfig(environment());
  const metrics = reconcilerMetrics(config);
  const module = ReconcilerModule.register(config, logger, metrics);
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
  await app.init();
  apps.push(app);
  return metrics.registry;
};

const START: Readonly<Record<string, () => Promise<Registry>>> = {
  'api-gateway': startGateway,
  reconciler: startReconciler,
};

/** Node's own are only summed up on the page. */
const isOurs = (name: string): boolean => !/^(?:nodejs|process)_/.test(name);

/** Series with their labels, as the page explains them for one app. */
const explained = (app: string): ReadonlyMap<string, readonly string[]> => {
  const page = readFileSync(resolve(__dirname, '../../docs/operations/metrics.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z_]+)` +\| ([a-z, -]+?) +\| ([^|]*?) *\|/gm)];
  const own = rows.filter(([, , where = '']) => where.split(', ').includes(app));
  return new Map(
    own.map(([, name = '', , labels = '']) => [
      name,
      [...labels.matchAll(/`([a-z_]+)`/g)].map(([, label = '']) => label),
    ]),
  );
};

describe.each(Object.keys(START))('the metrics of the %s', (app) => {
  it('are those that docs/operations/metrics.md explains, with the same labels', async () => {
    const registry = await START[app]?.();
    const exposed = ((await registry?.getMetricsAsJSON()) ?? []).filter(({ name }) => isOurs(name));
    const page = explained(app);
    expect(exposed.map(({ name }) => name).sort()).toEqual([...page.keys()].sort());
    for (const { name } of exposed) {
      const { labelNames = [] } = registry?.getSingleMetric(name) as unknown as {
        readonly labelNames?: readonly string[];
      };
      expect([name, labelNames.filter((label) => label !== 'le').toSorted()]).toEqual([
        name,
        page.get(name)?.toSorted(),
      ]);
    }
  });
});
