import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger, type Logger, type Registry } from '@dialtone/platform';
import { CallbacksService } from './callbacks/callbacks.service';
import { InboundCallsService } from './callbacks/inbound-calls.service';
import { serveCallbacks } from './callbacks/serve-callbacks';
import { serveContracts } from './events/serve-contracts';
import { GatewayModule } from './gateway.module';
import { logEarlyRefusal, requestLog } from './http/server/access-log';
import { Admission } from './http/access/admission';
import { Connections } from './http/server/connections';
import type { EarlyRefusal } from './http/server/early-refusal';
import { configureServer } from './http/server/configure-server';
import { fastifyOptions } from './http/server/fastify-options';
import { countUnmatched, requestCounter, requestMetrics } from './http/server/http-metrics';
import type { HttpServer } from './http/http-types';
import { RequestDrain } from './http/server/request-drain';
import { traceRequests } from './http/server/request-traces';
import { RequestWatch } from './http/server/request-watch';
import { StreamRoom } from './http/stream-room';
import { WaitingRoom } from './http/waiting-room';
import { serveDocument } from './openapi/document';

/** The application, ready to listen: all routes over the given outside (stores, settings, logging). */
export const createGateway = async (
  outside: DynamicModule,
  { logger, registry }: { readonly logger: Logger; readonly registry: Registry },
): Promise<NestFastifyApplication> => {
  const requests = requestCounter(registry);
  const watch = new RequestWatch();
  const note = (refusal: EarlyRefusal): void => {
    // A request that routes have seen already gets its line and its count when it ends.
    if (refusal.request === null && watch.breakOff(refusal.socket, refusal.error)) return;
    logEarlyRefusal(logger, refusal);
    countUnmatched(requests, refusal.error.status);
  };
  const connections = new Connections(note);
  const adapter = new FastifyAdapter(fastifyOptions(connections, note));
  const app = await NestFactory.create<NestFastifyApplication>(GatewayModule.over(outside), adapter, {
    bodyParser: false,
    logger: nestLogger(logger),
    abortOnError: false,
  });
  const server = adapter.getInstance<HttpServer>();
  const drain = app.get(RequestDrain);
  const admission = app.get(Admission);
  for (const observer of [
    drain,
    admission,
    app.get(WaitingRoom),
    app.get(StreamRoom),
    requestLog(logger),
    requestMetrics(registry, requests),
  ])
    watch.add(observer);
  watch.watch(server);
  watch.add(traceRequests(server));
  drain.watch(server);
  configureServer(server);
  admission.watch(server);
  connections.watch(server);
  const listeners = { callbacks: app.get(CallbacksService), inbound: app.get(InboundCallsService) };
  await serveCallbacks(server, listeners, { logger, registry });
  serveDocument(app, server);
  serveContracts(server);
  return app;
};
