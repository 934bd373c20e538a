import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { createDataSource, createStores, type Stores } from '@dialtone/persistence';
import { pepperedDigest, secretSealer, type Logger, type ReconcilerConfig } from '@dialtone/platform';
import { DATA_SOURCE, STORES } from './tokens';

type DataSource = ReturnType<typeof createDataSource>;

/** Ends the pool after everything that uses it has been stopped: this hook runs last. */
class PoolEnd implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}

@Global()
@Module({})
export class PersistenceModule {
  static register(config: ReconcilerConfig, logger: Logger): DynamicModule {
    return {
      module: PersistenceModule,
      providers: [
        {
          provide: DATA_SOURCE,
          useFactory: (): Promise<DataSource> =>
            createDataSource({
              url: config.databaseUrl,
              poolSize: config.databasePoolSize,
              applicationName: 'dialtone-reconciler',
              onPoolError: (error) => {
                logger.warn({ err: error }, 'A database connection failed; the pool replaces it');
              },
            }).initialize(),
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
        {
          provide: PoolEnd,
          inject: [DATA_SOURCE],
          useFactory: (dataSource: DataSource) => new PoolEnd(dataSource),
        },
      ],
      exports: [STORES],
    };
  }
}
