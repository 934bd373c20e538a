import { Module, type DynamicModule } from '@nestjs/common';
import { ReconcileRequestHandler, ReconcileRequestsController, type RequestOutcome } from '@dialtone/messaging';
import { isRefusedData, type Stores } from '@dialtone/persistence';
import { SystemClock, type Logger, type MessagingMetrics } from '@dialtone/platform';
import { STORES } from '../tokens';
import { byAnySpelling } from './by-any-spelling';

interface InboundOptions {
  readonly logger: Logger;
  readonly metrics: MessagingMetrics;
  /** Of numbers that are written without one. */
  readonly countryCode: string;
}

/** Requests of other services over Kafka. They only make a key due; the loops do the work. */
@Module({})
export class InboundModule {
  static register({ logger, metrics, countryCode }: InboundOptions): DynamicModule {
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
            new ReconcileRequestHandler({
              trigger: byAnySpelling(trigger, countryCode),
              clock: new SystemClock(),
              logger,
              onOutcome,
              isFinal: isRefusedData,
            }),
        },
      ],
    };
  }
}
