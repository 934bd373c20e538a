import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger, reconcilerConfig, runMain, withEnding } from '@dialtone/platform';
import { openLogsAndTraces } from '@dialtone/runtime';
import { inboundServerOptions } from './inbound/inbound-server';
import { reconcilerMetrics } from './metrics';
import { ReconcilerModule } from './reconciler.module';

runMain('reconciler', async (env) => {
  const config = reconcilerConfig(env);
  const { logger, tracing } = await openLogsAndTraces(config, 'reconciler');
  const metrics = reconcilerMetrics(config);
  const app = await NestFactory.create<NestFastifyApplication>(
    withEnding(ReconcilerModule.register(config, logger, metrics), () => tracing.close()),
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: nestLogger(logger) },
  );
  // Ends with code 0: otherwise Nest sends the signal to this process again, and an orderly stop looks like a crash.
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  const inbound = inboundServerOptions(config, logger, metrics.messaging);
  if (inbound === null) logger.info('KAFKA_BROKERS is empty: events stay in the log, and no requests are consumed');
  else app.connectMicroservice<MicroserviceOptions>(inbound, { inheritAppConfig: true });
  // Does not wait for the broker: the server connects in the background.
  await app.startAllMicroservices();
  await app.listen(config.metricsPort, config.metricsHost);
  logger.info({ url: await app.getUrl() }, 'Reconciler is running; metrics and health are here');
});
