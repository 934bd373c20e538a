import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { createDataSource, createStores, poolUse, type Stores } from '@dialtone/persistence';
import {
  databaseMetrics,
  pepperedDigest,
  secretSealer,
  sharedSnapshot,
  type Logger,
  type ReconcilerConfig,
  type Registry,
} from '@dialtone/platform';
import { RELAY_CURSOR } from './events/event-pump';
import { COUNTS_MAX_AGE_MS, MAX_CONNECTIONS_SHOWN, type TakeCounts } from './observability';
import { COUNTS, DATA_SOURCE, STORES } from './tokens';

type DataSource = ReturnType<typeof createDataSource>;

/** Ends the pool after everything that uses it has been stopped: this hook runs last. */
class PoolEnd implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}

const connect = (config: ReconcilerConfig, logger: Logger, registry: Registry): Promise<DataSource> => {
  const dataSource = createDataSource({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    applicationName: 'dialtone-reconciler',
    statementTimeoutMs: config.databaseTimeoutMs,
    connectTimeoutMs: config.databaseTimeoutMs,
    onGivenUp: (reason) => {
      metrics.connectionGivenUp(reason);
    },
    onPoolError: (error) => {
      metrics.connectionFailed();
      logger.warn({ err: error }, 'A database connection failed; the pool replaces it');
    },
  });
  const metrics = databaseMetrics(registry, () => poolUse(dataSource));
  return dataSource.initialize();
};

const countsOf = ({ stats }: Stores): TakeCounts =>
  sharedSnapshot(
    () => stats.counts({ cursors: [RELAY_CURSOR], maxConnections: MAX_CONNECTIONS_SHOWN }),
    COUNTS_MAX_AGE_MS,
  );

@Global()
@Module({})
export class PersistenceModule {
  static register(config: ReconcilerConfig, logger: Logger, registry: Registry): DynamicModule {
    return {
      module: PersistenceModule,
      providers: [
        {
          provide: DATA_SOURCE,
          useFactory: (): Promise<DataSource> => connect(config, logger, registry),
        },
        {
          provide: STORES,
          inject: [DATA_SOURCE],
          useFactory: (dataSource: DataSource): Stores =>
            createStores(dataSource, {
              secretBox: secretSealer(config.credentialsKeys),
              hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
            }),
        },
        { provide: COUNTS, inject: [STORES], useFactory: countsOf },
        {
          provide: PoolEnd,
          inject: [DATA_SOURCE],
          useFactory: (dataSource: DataSource) => new PoolEnd(dataSource),
        },
      ],
      exports: [STORES, COUNTS],
    };
  }
}
