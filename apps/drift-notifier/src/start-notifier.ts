import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { EventServer } from './consume/event-server';
import { kafkaOptions } from './consume/kafka-options';
import { NotifierModule } from './notifier.module';
import type { Log } from './operations/log';
import { nestLogger } from './operations/nest-logger';
import { connectionNames } from './send/connection-names';
import { MessageContexts } from './send/message-contexts';
import type { ReceiversFile } from './settings/receivers';
import type { Settings } from './settings/settings';

/** Starts all of it; waits neither for the broker nor for the database. `close` of what it returns ends it in order. */
export const startNotifier = async (
  settings: Settings,
  file: ReceiversFile,
  log: Log,
): Promise<NestFastifyApplication> => {
  const contexts = new MessageContexts({
    names: file.connectionNames,
    docsUrl: file.docsUrl,
    fetchNames: connectionNames(settings),
    now: () => Date.now(),
  });
  const { module, metrics, work } = NotifierModule.compose({ settings, file, contexts, log });
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    new FastifyAdapter({ forceCloseConnections: true }),
    {
      logger: nestLogger(log),
    },
  );
  const strategy = new EventServer({
    kafka: kafkaOptions(settings, log),
    groupId: settings.KAFKA_GROUP_ID,
    topicPrefix: settings.KAFKA_TOPIC_PREFIX,
    deadLetterTopic: settings.KAFKA_DEAD_LETTER_TOPIC,
    ready: () => work.ready(),
    log,
    onState: metrics.consumer,
  });
  app.connectMicroservice<MicroserviceOptions>({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(settings.METRICS_PORT, settings.METRICS_HOST);
  return app;
};
