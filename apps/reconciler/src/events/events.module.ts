import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import type { TopicName } from '@dialtone/contracts';
import { TopicRelays, type EventPublisher } from '@dialtone/engine';
import { kafkaConnectionOf, KafkaEventPublisher, RELAY_CURSOR } from '@dialtone/messaging';
import type { Stores } from '@dialtone/persistence';
import { SystemClock, type Logger, type MessagingMetrics, type ReconcilerConfig } from '@dialtone/platform';
import { prepareTopics } from '../prepare-topics';
import { EVENT_PUMP, STORES } from '../tokens';
import { EventPump } from './event-pump';
import { EventRetention } from './event-retention';
import { HistoryRetention } from './history-retention';
import { meteredPublisher } from './metered-publisher';
import { tracedPublisher } from './traced-publisher';

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
        {
          provide: HistoryRetention,
          inject: [STORES],
          useFactory: ({ history }: Stores) =>
            new HistoryRetention(history, parts.config.historyRetentionHours, parts.logger),
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
    heardPollMs: config.pollIntervalMs,
    logger,
    relays: (isLeader) =>
      new TopicRelays({
        name: RELAY_CURSOR,
        source: stores.events,
        cursors: stores.cursors,
        publisherOf: config.kafkaBrokers.length === 0 ? null : (topic) => publisherOf(topic, parts),
        clock,
        logger,
        isLeader,
        pollMs: config.relayIntervalMs,
        // Deliveries go on this soon after Kafka or the database is back.
        backoff: { baseMs: 250, capMs: 5_000 },
      }),
  });
};

/** Prepares its own topic only: what is wrong with another one does not keep it from sending. */
const publisherOf = (topic: TopicName, { config, logger, metrics }: EventsModuleParts): EventPublisher => {
  const connection = kafkaConnectionOf(config, 'dialtone-relay');
  const prepare = (): Promise<void> => prepareTopics([topic], { connection, logger, metrics });
  const clock = new SystemClock();
  const publisher = tracedPublisher(new KafkaEventPublisher({ connection, logger, prepare }), () => clock.now());
  return meteredPublisher(publisher, metrics, topic);
};
