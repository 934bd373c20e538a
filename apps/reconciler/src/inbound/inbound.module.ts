import { Module, type DynamicModule } from '@nestjs/common';
import { ReconcileRequestHandler, ReconcileRequestsController, type RequestOutcome } from '@dialtone/messaging';
import type { Stores } from '@dialtone/persistence';
import { SystemClock, type Logger, type MessagingMetrics } from '@dialtone/platform';
import { STORES } from '../tokens';

/** Requests of other services over Kafka. They only make a key due; what is done about it is the loops' affair. */
@Module({})
export class InboundModule {
  static register({ logger, metrics }: { readonly logger: Logger; readonly metrics: MessagingMetrics }): DynamicModule {
    const onOutcome = (result: RequestOutcome): void => {
      metrics.requested(result);
    };
    return {
      module: InboundModule,
      controllers: [ReconcileRequestsController],
      providers: [
        {
          provide: ReconcileRequestHandler,
          inject: [STORES],
          useFactory: ({ trigger }: Stores) =>
            new ReconcileRequestHandler({ trigger, clock: new SystemClock(), logger, onOutcome }),
        },
      ],
    };
  }
}
