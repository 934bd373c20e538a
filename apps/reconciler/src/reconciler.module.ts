import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Module, type DynamicModule } from '@nestjs/common';
import type { Stores } from '@dialtone/persistence';
import {
  createRegistry,
  dialtoneMetrics,
  HealthRegistry,
  operationsModule,
  type Logger,
  type ReconcilerConfig,
} from '@dialtone/platform';
import { EngineModule } from './engine/engine.module';
import type { ReconcileLoops } from './engine/reconcile-loops';
import type { EventPump } from './events/event-pump';
import { EventsModule } from './events/events.module';
import { InboundModule } from './inbound/inbound.module';
import { registerGauges, registerHealth } from './observability';
import { PersistenceModule } from './persistence.module';
import { EVENT_PUMP, LOOPS, STORES, WAKE_UP } from './tokens';
import { WakeUp } from './wake-up';

/** The composition root: which adapter stands behind which port. */
@Module({})
export class ReconcilerModule {
  static register(config: ReconcilerConfig, logger: Logger): DynamicModule {
    const registry = createRegistry();
    const health = new HealthRegistry();
    const metrics = dialtoneMetrics(registry);
    const owner = `${hostname()}/${String(process.pid)}/${randomUUID().slice(0, 8)}`;
    return {
      module: ReconcilerModule,
      imports: [
        PersistenceModule.register(config, logger),
        EngineModule.register({ config, logger, registry, metrics, owner }),
        EventsModule.register({ config, logger, metrics, owner }),
        InboundModule.register({ logger, metrics }),
        operationsModule({ health, metrics: registry }),
      ],
      providers: [
        {
          provide: WAKE_UP,
          inject: [STORES, LOOPS, EVENT_PUMP],
          useFactory: (stores: Stores, loops: ReconcileLoops, pump: EventPump): WakeUp => {
            registerGauges(registry, { stores, loops, pump });
            registerHealth(health, { stores, loops, pump });
            return new WakeUp(config.databaseUrl, [loops, pump], logger);
          },
        },
      ],
    };
  }
}
