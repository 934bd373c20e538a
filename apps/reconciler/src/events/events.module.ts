import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { EventRelay, type EventPublisher } from '@dialtone/engine';
import { ensureTopics, KafkaEventPublisher } from '@dialtone/messaging';
import type { Stores } from '@dialtone/persistence';
import { SystemClock, type Logger, type MessagingMetrics, type ReconcilerConfig } from '@dialtone/platform';
import { EVENT_PUMP, STORES } from '../tokens';
import { EventPump, RELAY_CURSOR } from './event-pump';
import { EventRetention } from './event-retention';
import { meteredPublisher } from './metered-publisher';

export interface EventsModuleParts {
  readonly config: ReconcilerConfig;
  readonly logger: Logger;
  readonly metrics: MessagingMetrics;
  readonly owner: string;
}

@Global()
@Module({})
export class EventsModule {
  static register(parts: EventsModuleParts): DynamicModule {
    return {
      module: EventsModule,
      imports: [ScheduleModule.forRoot()],
      providers: [
        { provide: EVENT_PUMP, inject: [STORES], useFactory: (stores: Stores) => pumpOf(stores, parts) },
        {
          provide: EventRetention,
          inject: [STORES],
          useFactory: ({ events }: Stores) =>
            new EventRetention(events, parts.config.eventRetentionHours, parts.logger),
        },
      ],
      exports: [EVENT_PUMP],
    };
  }
}

const pumpOf = (stores: Stores, parts: EventsModuleParts): EventPump => {
  const { config, logger, owner } = parts;
  const clock = new SystemClock();
  return new EventPump({
    leases: stores.leases,
    clock,
    owner,
    leaseTtlMs: config.leaseTtlMs,
    sequencer: stores.sequencer,
    sequencerPollMs: config.sequencerIntervalMs,
    logger,
    relay: (isLeader) =>
      new EventRelay({
        name: RELAY_CURSOR,
        source: stores.events,
        cursors: stores.cursors,
        publisher: publisherOf(parts),
        clock,
        logger,
        isLeader,
        pollMs: config.relayIntervalMs,
        // Deliveries go on this soon after Kafka or the database is back.
        backoff: { baseMs: 250, capMs: 5_000 },
      }),
  });
};

/** Null without a broker: then events wait in the log. */
const publisherOf = ({ config, logger, metrics }: EventsModuleParts): EventPublisher | null => {
  if (config.kafkaBrokers.length === 0) return null;
  const connection = { brokers: config.kafkaBrokers, clientId: 'dialtone-relay' };
  const prepare = (): Promise<unknown> => ensureTopics(connection, { logger });
  return meteredPublisher(new KafkaEventPublisher({ connection, logger, prepare }), metrics);
};
