import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger, type Logger, type Registry } from '@dialtone/platform';
import { GatewayModule } from './gateway.module';
import { logEarlyRefusal, logRequests } from './http/server/access-log';
import { Admission } from './http/access/admission';
import { configureServer } from './http/server/configure-server';
import { fastifyOptions } from './http/server/fastify-options';
import { countUnmatched, measureRequests, requestCounter } from './http/server/http-metrics';
import type { HttpServer } from './http/http-types';
import { RequestDrain } from './http/server/request-drain';
import { serveDocument } from './openapi/document';

/** The application, ready to listen: all routes over the given outside (stores, settings, logging). */
export const createGateway = async (
  outside: DynamicModule,
  { logger, registry }: { readonly logger: Logger; readonly registry: Registry },
): Promise<NestFastifyApplication> => {
  const requests = requestCounter(registry);
  const adapter = new FastifyAdapter(
    fastifyOptions((refusal) => {
      logEarlyRefusal(logger, refusal);
      countUnmatched(requests, refusal.error.status);
    }),
  );
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.over(outside), adapter, {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  const server = adapter.getInstance<HttpServer>();
  app.get(RequestDrain).watch(server);
  logRequests(server, logger);
  measureRequests(server, registry, requests);
  await configureServer(app, server);
  app.get(Admission).watch(server);
  serveDocument(app, server);
  return app;
};
