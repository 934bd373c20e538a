import { type DynamicModule, Module } from '@nestjs/common';
import { EventsController } from './consume/events.controller';
import { RecordHandler } from './consume/record-handler';
import type { MessageContexts } from './send/message-contexts';
import { Health } from './operations/health';
import type { Log } from './operations/log';
import { createMetrics, type Metrics } from './operations/metrics';
import { OperationsController } from './operations/operations.controller';
import { PlannerStore } from './plan/planner-store';
import { OutboxStore } from './send/outbox-store';
import type { ReceiversFile } from './settings/receivers';
import type { Settings } from './settings/settings';
import { readCounts } from './store/counts';
import { createDataSource } from './store/data-source';
import { Database } from './store/database';
import { EventStore } from './store/event-store';
import { DEAD_LETTER_TOPIC, HEALTH, REGISTRY } from './tokens';
import { Work } from './work';

/** A loop whose turn takes longer than any statement and any receiver is stuck, and only a restart helps. */
const STANDSTILL_MS = 300_000;

export interface NotifierParts {
  readonly settings: Settings;
  readonly file: ReceiversFile;
  readonly contexts: MessageContexts;
  readonly log: Log;
}

export interface Notifier {
  readonly module: DynamicModule;
  readonly metrics: Metrics;
  readonly work: Work;
}

/** The composition root. */
@Module({})
export class NotifierModule {
  static compose({ settings, file, contexts, log }: NotifierParts): Notifier {
    const { receivers } = file;
    const dataSource = createDataSource({
      url: settings.DATABASE_URL,
      schema: settings.DATABASE_SCHEMA,
      poolSize: settings.DATABASE_POOL_SIZE,
    });
    const database = new Database(dataSource);
    const metrics = createMetrics(() => readCounts(database).catch(() => null));
    const work = new Work({
      dataSource,
      database,
      settings,
      receivers,
      planner: new PlannerStore(database),
      outbox: new OutboxStore(database),
      context: () => contexts.current(),
      onOutcome: metrics.sent,
      log,
    });
    const handler = new RecordHandler({
      events: new EventStore(database, receivers),
      log,
      onOutcome: metrics.record,
      onSkipped: metrics.skipped,
      now: () => Date.now(),
    });
    const health = new Health();
    health.add('ready', 'database', async () => {
      await database.alone((session) => session.rows('select 1 from receivers limit 1'));
      return null;
    });
    health.add('live', 'loops', () => {
      const seconds = Math.round(work.idleMs() / 1_000);
      return Promise.resolve(seconds * 1_000 > STANDSTILL_MS ? `nothing was done for ${String(seconds)} s` : null);
    });
    const module = {
      module: NotifierModule,
      controllers: [EventsController, OperationsController],
      providers: [
        { provide: RecordHandler, useValue: handler },
        { provide: Work, useValue: work },
        { provide: HEALTH, useValue: health },
        { provide: REGISTRY, useValue: metrics.registry },
        { provide: DEAD_LETTER_TOPIC, useValue: settings.KAFKA_DEAD_LETTER_TOPIC },
      ],
    };
    return { module, metrics, work };
  }
}
