import type { Carriers } from '@dialtone/carriers';
import { Global, Module, type DynamicModule, type FactoryProvider, type OnApplicationShutdown } from '@nestjs/common';
import { Engine, engineSettings, freshForMs, meteredJournal } from '@dialtone/engine';
import type { Stores } from '@dialtone/persistence';
import {
  controllerMetrics,
  SystemClock,
  unreadableValues,
  type Logger,
  type ReconcilerConfig,
} from '@dialtone/platform';
import { accountPoolOf, carriersOf, engineDepsOf, protectionOf } from '@dialtone/runtime';
import type { AccountPool } from '@dialtone/voicelink';
import type { ReconcilerMetrics } from '../metrics';
import { ACCOUNTS, COUNTS, ENGINE, LOOPS, STORES } from '../tokens';
import type { TakeCounts } from '../observability';
import { CallRetention } from './call-retention';
import { CallWatch } from './call-watch';
import { CarrierVerification } from './carrier-verification';
import { BudgetRetention } from './budget-retention';
import { CredentialsRetention } from './credentials-retention';
import { DisconnectedEnds } from './disconnected-ends';
import { engineObserver } from './engine-observer';
import { NumberPointing } from './number-pointing';
import { ReconcileLoops } from './reconcile-loops';
import { TrendKeeping } from './trend-keeping';

export interface EngineModuleParts {
  readonly config: ReconcilerConfig;
  readonly logger: Logger;
  readonly metrics: ReconcilerMetrics;
  /** Unique per process. */
  readonly owner: string;
}

/**
 * Closes the upstream connections after the loops, which use them until they finish. Work that still waits for an answer is
 * not failed, which would store that failure: it ends with the process.
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
    const carriers = carriersOf(parts.config);
    return {
      module: EngineModule,
      providers: [
        { provide: ACCOUNTS, inject: [STORES], useFactory: (stores: Stores) => accountsOf(stores, parts) },
        {
          provide: AccountsEnd,
          inject: [ACCOUNTS, LOOPS],
          useFactory: (accounts: AccountPool, loops: ReconcileLoops) => new AccountsEnd(accounts, loops),
        },
        ...retentionsOf(parts),
        {
          provide: CarrierVerification,
          inject: [STORES],
          useFactory: ({ carrierChecks }: Stores) => new CarrierVerification(carrierChecks, carriers, parts.logger),
        },
        {
          provide: NumberPointing,
          inject: [STORES],
          useFactory: (stores: Stores) => numberPointingOf(stores, parts, carriers),
        },
        { provide: CallWatch, inject: [STORES], useFactory: (stores: Stores) => callWatchOf(stores, parts, carriers) },
        {
          provide: DisconnectedEnds,
          inject: [STORES],
          useFactory: ({ connections }: Stores) => new DisconnectedEnds(connections, parts.logger),
        },
        { provide: TrendKeeping, inject: [STORES], useFactory: (stores: Stores) => trendKeepingOf(stores, parts) },
        {
          provide: ENGINE,
          inject: [STORES, ACCOUNTS],
          useFactory: (stores: Stores, accounts: AccountPool) => engineOf(stores, accounts, parts),
        },
        {
          provide: LOOPS,
          inject: [ENGINE, COUNTS],
          useFactory: (engine: Engine, counts: TakeCounts) => loopsOf(engine, counts, parts),
        },
      ],
      exports: [ACCOUNTS, ENGINE, LOOPS],
    };
  }
}

/** What deletes what is kept long enough. */
const retentionsOf = (parts: EngineModuleParts): readonly FactoryProvider[] => [
  {
    provide: BudgetRetention,
    inject: [STORES],
    useFactory: ({ rateBudget }: Stores) => new BudgetRetention(rateBudget, parts.logger),
  },
  {
    provide: CredentialsRetention,
    inject: [STORES],
    useFactory: ({ connections }: Stores) =>
      new CredentialsRetention(connections, parts.config.credentialsRetentionHours, parts.logger),
  },
  { provide: CallRetention, inject: [STORES], useFactory: (stores: Stores) => callRetentionOf(stores, parts) },
];

/** How long the pages of a list rely on one look at their connection, while no notification came: if none gets through, so long. */
const SURE_MS = 1_000;

const accountsOf = (stores: Stores, { config, logger, metrics }: EngineModuleParts): AccountPool => {
  const protection = protectionOf(stores, { config, logger, metrics: metrics.gate });
  const unreadableOf = unreadableValues(metrics.registry, logger);
  return accountPoolOf(stores, { config, protection, metrics: metrics.upstream, unreadableOf, sureForMs: SURE_MS });
};

const callWatchOf = (
  { callWatches: watches, calls, carrierAccess: access }: Stores,
  { logger, metrics }: EngineModuleParts,
  carriers: Carriers,
): CallWatch => {
  const clock = new SystemClock();
  return new CallWatch({ watches, calls, access, carriers, metrics: metrics.calls, logger, now: () => clock.now() });
};

const numberPointingOf = (
  { pointings, carrierAccess: access }: Stores,
  { config: { publicBaseUrl, dryRun }, logger }: EngineModuleParts,
  carriers: Carriers,
): NumberPointing => new NumberPointing({ pointings, access, carriers, publicBaseUrl, dryRun, logger });

const callRetentionOf = ({ callWatches }: Stores, { config, logger }: EngineModuleParts): CallRetention =>
  new CallRetention(callWatches, config.callRetentionHours, logger);

const trendKeepingOf = ({ readinessTrend }: Stores, { config, logger }: EngineModuleParts): TrendKeeping =>
  new TrendKeeping(
    readinessTrend,
    { freshForMs: freshForMs(config), retentionDays: config.trendRetentionDays },
    logger,
  );

const engineOf = (
  stores: Stores,
  accounts: AccountPool,
  { config, logger, metrics, owner }: EngineModuleParts,
): Engine => {
  const journal = meteredJournal(stores.journal, metrics.writes);
  const observer = engineObserver(logger, metrics.sweeps, metrics.stalledLooks);
  return new Engine(engineDepsOf(stores, { accounts, journal, observer, owner, config }));
};

const loopsOf = (engine: Engine, counts: TakeCounts, { config, logger, metrics }: EngineModuleParts): ReconcileLoops =>
  new ReconcileLoops({
    engine,
    clock: new SystemClock(),
    logger,
    concurrency: config.reconcileConcurrency,
    pollMs: config.pollIntervalMs,
    flapWindowMs: engineSettings(config).flapping.windowMs,
    metrics: controllerMetrics(metrics.registry, {
      controller: 'binding',
      maxConcurrent: config.reconcileConcurrency,
      depth: async () => {
        const current = await counts();
        if (current === null) throw new Error('The queue cannot be counted.');
        return current.bindingsDue;
      },
    }),
  });
