import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Engine, engineSettings } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import {
  controllerMetrics,
  SystemClock,
  type DialtoneMetrics,
  type Logger,
  type ReconcilerConfig,
  type Registry,
} from '@dialtone/platform';
import { AccountPool } from '@dialtone/voicelink';
import { ACCOUNTS, ENGINE, LOOPS, STORES } from '../tokens';
import { engineObserver } from './engine-observer';
import { ReconcileLoops } from './reconcile-loops';

export interface EngineModuleParts {
  readonly config: ReconcilerConfig;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly metrics: DialtoneMetrics;
  /** Unique per process. */
  readonly owner: string;
}

/**
 * Ends the upstream connections after the loops, which still use them while they finish. Work that is still waiting for
 * an answer is not woken up to fail and to store that: it ends with the process.
 */
class AccountsEnd implements OnApplicationShutdown {
  constructor(
    private readonly accounts: AccountPool,
    private readonly loops: ReconcileLoops,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    if (this.loops.isDrained) await this.accounts.close();
  }
}

@Global()
@Module({})
export class EngineModule {
  static register(parts: EngineModuleParts): DynamicModule {
    return {
      module: EngineModule,
      providers: [
        { provide: ACCOUNTS, inject: [STORES], useFactory: (stores: Stores) => accountsOf(stores, parts) },
        {
          provide: AccountsEnd,
          inject: [ACCOUNTS, LOOPS],
          useFactory: (accounts: AccountPool, loops: ReconcileLoops) => new AccountsEnd(accounts, loops),
        },
        {
          provide: ENGINE,
          inject: [STORES, ACCOUNTS],
          useFactory: (stores: Stores, accounts: AccountPool) => engineOf(stores, accounts, parts),
        },
        {
          provide: LOOPS,
          inject: [ENGINE, STORES],
          useFactory: (engine: Engine, stores: Stores) => loopsOf(engine, stores, parts),
        },
      ],
      exports: [ENGINE, LOOPS],
    };
  }
}

const accountsOf = (stores: Stores, { config, metrics }: EngineModuleParts): AccountPool =>
  new AccountPool({
    source: stores.connections,
    allowedBaseUrls: config.voicelinkBaseUrlAllowlist,
    account: {
      timeouts: { totalMs: config.voicelinkTimeoutMs },
      dryRun: config.dryRun,
      countryCode: config.voicelinkCountryCode,
      expiryTimezoneOffset: config.voicelinkExpiryUtcOffset,
      observer: ({ endpoint, outcome, durationMs }) => {
        metrics.upstreamRequests.inc({ endpoint, outcome });
        metrics.upstreamDuration.observe({ endpoint }, durationMs / 1000);
      },
    },
  });

const engineOf = (
  stores: Stores,
  accounts: AccountPool,
  { config, logger, metrics, owner }: EngineModuleParts,
): Engine =>
  new Engine({
    accounts,
    bindings: stores.bindingQueue,
    connections: stores.sweepQueue,
    keyStates: stores.keyStates,
    phoneNumbers: stores.phoneNumbers,
    journal: stores.journal,
    leases: stores.leases,
    storeClock: stores.clock,
    clock: new SystemClock(),
    observer: engineObserver(logger, metrics),
    settings: engineSettings(config),
    owner,
  });

const loopsOf = (engine: Engine, stores: Stores, { config, logger, registry }: EngineModuleParts): ReconcileLoops =>
  new ReconcileLoops({
    engine,
    clock: new SystemClock(),
    logger,
    concurrency: config.reconcileConcurrency,
    pollMs: config.pollIntervalMs,
    metrics: controllerMetrics(registry, {
      controller: 'binding',
      maxConcurrent: config.reconcileConcurrency,
      depth: async () => (await stores.stats.counts()).bindingsDue,
    }),
  });
