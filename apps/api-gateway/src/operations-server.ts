import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger, operationsModule, type HealthRegistry, type Logger, type Registry } from '@dialtone/platform';

interface Parts {
  readonly health: HealthRegistry;
  readonly registry: Registry;
  readonly logger: Logger;
}

/**
 * `/livez`, `/readyz` and `/metrics`, as every process of Dialtone serves them, on a port of their own: they need no API key and
 * metrics cover all partners, so clients of the API must not reach them.
 */
export const createOperationsServer = ({ health, registry, logger }: Parts): Promise<NestFastifyApplication> =>
  NestFactory.create<NestFastifyApplication>(
    operationsModule({ health, metrics: registry }),
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: nestLogger(logger), abortOnError: false },
  );
