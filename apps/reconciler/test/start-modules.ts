import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Stores } from '@dialtone/persistence';
import { reconcilerConfig } from '@dialtone/platform';
import { InMemoryEventLog, InMemoryWebhookQueue, InMemoryWorld } from '@dialtone/testing';
import { EngineModule } from '../src/engine/engine.module';
import { EventsModule } from '../src/events/events.module';
import { InboundModule } from '../src/inbound/inbound.module';
import { reconcilerMetrics, type ReconcilerMetrics } from '../src/metrics';
import type { TakeCounts } from '../src/observability';
import { COUNTS, STORES } from '../src/tokens';
import { WebhooksModule } from '../src/webhooks/webhooks.module';
import { recordedLog } from './recorded-log';

@Global()
@Module({})
class MemoryModule {
  static over(stores: Stores, counts: TakeCounts): DynamicModule {
    const providers = [
      { provide: STORES, useValue: stores },
      { provide: COUNTS, useValue: counts },
    ];
    return { module: MemoryModule, providers, exports: [STORES, COUNTS] };
  }
}

export interface Started {
  readonly module: TestingModule;
  readonly metrics: ReconcilerMetrics;
  readonly lines: ReturnType<typeof recordedLog>['lines'];
  /** Requests that made work due. */
  readonly triggered: readonly unknown[];
  /** One entry per batch that the sequencer was asked for. */
  readonly numbered: readonly number[];
}

/** All modules of the reconciler but PostgreSQL, without a broker, on stores in memory. */
export const startModules = async (counts: TakeCounts = () => Promise.resolve(null)): Promise<Started> => {
  const world = new InMemoryWorld();
  const log = new InMemoryEventLog();
  const triggered: unknown[] = [];
  const numbered: number[] = [];
  const { leases, journal, keyStates, phoneNumbers, bindingQueue, sweepQueue, voiceLinkConnections } = world;
  const stores = {
    ...{ leases, journal, keyStates, phoneNumbers, bindingQueue, sweepQueue, voiceLinkConnections },
    rateBudget: world.rateBudget,
    clock: world.storeClock,
    events: log,
    cursors: log,
    webhooks: { counts: () => Promise.resolve({ active: 0, disabled: 0, failing: 0, oldestFailingSeconds: 0 }) },
    webhookQueue: new InMemoryWebhookQueue({ clock: world.clock, log, leases: world.leases }),
    sequencer: {
      assignAndShow: (limit: number) => {
        numbered.push(limit);
        return Promise.resolve({ count: 0, events: [] });
      },
    },
    connections: { access: () => Promise.resolve(null) },
    trigger: {
      trigger: (request: unknown) => {
        triggered.push(request);
        return Promise.resolve(true);
      },
    },
  } as unknown as Stores;
  const config = reconcilerConfig({
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    API_KEY_PEPPER: Buffer.from(Array.from({ length: 32 }, (_, nth) => nth)).toString('base64'),
    CREDENTIALS_KEYS: `k1:${Buffer.from(Array.from({ length: 32 }, (_, nth) => 7 * nth)).toString('base64')}`,
  });
  const { logger, lines } = recordedLog();
  const metrics = reconcilerMetrics(config);
  const owner = 'test';
  const module = await Test.createTestingModule({
    imports: [
      MemoryModule.over(stores, counts),
      EngineModule.register({ config, logger, metrics, owner }),
      EventsModule.register({ config, logger, metrics: metrics.messaging, owner }),
      WebhooksModule.register({ config, logger, metrics: metrics.webhooks, registry: metrics.registry, owner }),
      InboundModule.register({ logger, metrics: metrics.messaging, countryCode: config.voicelinkCountryCode }),
    ],
  }).compile();
  await module.init();
  return { module, metrics, lines, triggered, numbered };
};
