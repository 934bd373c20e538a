import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Module, type DynamicModule } from '@nestjs/common';
import type { Stores } from '@dialtone/persistence';
import { HealthRegistry, operationsModule, type Logger, type ReconcilerConfig } from '@dialtone/platform';
import type { AccountPool } from '@dialtone/voicelink';
import { EngineModule } from './engine/engine.module';
import type { ReconcileLoops } from './engine/reconcile-loops';
import type { EventPump } from './events/event-pump';
import { EventsModule } from './events/events.module';
import { InboundModule } from './inbound/inbound.module';
import type { ReconcilerMetrics } from './metrics';
import { registerGauges, registerHealth, type TakeCounts } from './observability';
import { PersistenceModule } from './persistence.module';
import { ACCOUNTS, COUNTS, EVENT_PUMP, LOOPS, OBSERVED, STORES, WAKE_UP, WEBHOOK_PUMP } from './tokens';
import { WakeUp } from './wake-up';
import type { WebhookPump } from './webhooks/webhook-pump';
import { WebhooksModule } from './webhooks/webhooks.module';

/** The composition root: which adapter stands behind which port. */
@Module({})
export class ReconcilerModule {
  static register(config: ReconcilerConfig, logger: Logger, metrics: ReconcilerMetrics): DynamicModule {
    const { registry } = metrics;
    const health = new HealthRegistry();
    const owner = `${hostname()}/${String(process.pid)}/${randomUUID().slice(0, 8)}`;
    return {
      module: ReconcilerModule,
      imports: [
        PersistenceModule.register(config, logger, registry),
        EngineModule.register({ config, logger, metrics, owner }),
        EventsModule.register({ config, logger, metrics: metrics.messaging, owner }),
        WebhooksModule.register({ config, logger, metrics: metrics.webhooks, registry, owner }),
        InboundModule.register({ logger, metrics: metrics.messaging, countryCode: config.voicelinkCountryCode }),
        operationsModule({ health, metrics: registry }),
      ],
      providers: [
        {
          provide: WAKE_UP,
          inject: [ACCOUNTS, LOOPS, EVENT_PUMP, WEBHOOK_PUMP],
          useFactory: (
            accounts: AccountPool,
            loops: ReconcileLoops,
            events: EventPump,
            webhooks: WebhookPump,
          ): WakeUp => {
            // The accounts first: what the loops begin looks at its connection.
            const work = [accounts, loops];
            const database = { url: config.databaseUrl, owner };
            return new WakeUp(database, { work, readers: [webhooks], events }, logger);
          },
        },
        {
          provide: OBSERVED,
          inject: [STORES, LOOPS, EVENT_PUMP, COUNTS],
          useFactory: (stores: Stores, loops: ReconcileLoops, pump: EventPump, counts: TakeCounts): true => {
            registerGauges(registry, { counts, loops, pump });
            registerHealth(health, { stores, loops });
            return true;
          },
        },
      ],
    };
  }
}
