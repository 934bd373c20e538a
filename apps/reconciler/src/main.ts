import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, nestLogger, reconcilerConfig, runMain } from '@dialtone/platform';
import { ReconcilerModule } from './reconciler.module';
import { inboundServerOptions } from './inbound/inbound-server';

runMain('reconciler', async (env) => {
  const config = reconcilerConfig(env);
  const logger = createLogger({ name: 'reconciler', level: config.logLevel });
  const app = await NestFactory.create<NestFastifyApplication>(
    ReconcilerModule.register(config, logger),
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: nestLogger(logger) },
  );
  app.enableShutdownHooks();
  const inbound = inboundServerOptions(config, logger);
  if (inbound !== null) app.connectMicroservice<MicroserviceOptions>(inbound, { inheritAppConfig: true });
  await app.listen(config.metricsPort, config.host);
  logger.info({ url: await app.getUrl() }, 'Reconciler is running; metrics and health are here');
  // A broker that is away must not keep the loops from running: the consumer connects when it can.
  if (inbound !== null) {
    app.startAllMicroservices().catch((error: unknown) => {
      logger.error({ err: error }, 'Inbound reconcile requests are not consumed');
    });
  } else {
    logger.info('KAFKA_BROKERS is empty: events stay in the log, and no requests are consumed');
  }
});
