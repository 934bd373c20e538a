import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { freshForMs } from '@dialtone/engine';
import { RELAY_CURSOR } from '@dialtone/messaging';
import { gatheredStores, type Stores } from '@dialtone/persistence';
import {
  COUNTS_MAX_AGE_MS,
  MAX_CONNECTIONS_SHOWN,
  readinessTimings,
  sharedSnapshot,
  type Logger,
  type ReconcilerConfig,
  type Registry,
} from '@dialtone/platform';
import { openDatabase, storesOn, type Database } from '@dialtone/runtime';
import type { TakeCounts } from './observability';
import { COUNTS, DATA_SOURCE, STORES } from './tokens';

/** Ends the pool after everything that uses it has been stopped: this hook runs last. */
class PoolEnd implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.destroy();
  }
}

const countsOf = ({ stats }: Stores, config: ReconcilerConfig): TakeCounts => {
  const request = { cursors: [RELAY_CURSOR], maxConnections: MAX_CONNECTIONS_SHOWN, freshForMs: freshForMs(config) };
  return sharedSnapshot(() => stats.counts(request), COUNTS_MAX_AGE_MS);
};

@Global()
@Module({})
export class PersistenceModule {
  static register(config: ReconcilerConfig, logger: Logger, registry: Registry): DynamicModule {
    return {
      module: PersistenceModule,
      providers: [
        {
          provide: DATA_SOURCE,
          useFactory: () => openDatabase({ config, applicationName: 'dialtone-reconciler', logger, registry }),
        },
        {
          provide: STORES,
          inject: [DATA_SOURCE],
          useFactory: (database: Database) =>
            gatheredStores(database, storesOn(database, config, readinessTimings(registry))),
        },
        { provide: COUNTS, inject: [STORES], useFactory: (stores: Stores): TakeCounts => countsOf(stores, config) },
        {
          provide: PoolEnd,
          inject: [DATA_SOURCE],
          useFactory: (database: Database) => new PoolEnd(database),
        },
      ],
      exports: [STORES, COUNTS],
    };
  }
}
