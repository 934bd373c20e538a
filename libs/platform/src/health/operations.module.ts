import {
  Controller,
  Get,
  Header,
  Inject,
  Module,
  ServiceUnavailableException,
  type DynamicModule,
} from '@nestjs/common';
import type { Registry } from 'prom-client';
import { OperatorsPages } from './operators-pages';
import { type HealthReport, HealthRegistry, type Probe } from './health-registry';

const HEALTH = Symbol('HealthRegistry');
const METRICS = Symbol('Registry');

@Controller()
class OperationsController {
  constructor(
    @Inject(HEALTH) private readonly health: HealthRegistry,
    @Inject(METRICS) private readonly metrics: Registry,
  ) {}

  @Get('livez')
  live(): Promise<HealthReport> {
    return this.answer('liveness');
  }

  @Get('readyz')
  ready(): Promise<HealthReport> {
    return this.answer('readiness');
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('cache-control', 'no-store')
  scrape(): Promise<string> {
    return this.metrics.metrics();
  }

  private async answer(probe: Probe): Promise<HealthReport> {
    const report = await this.health.report(probe);
    if (!report.healthy) throw new ServiceUnavailableException(report);
    return report;
  }
}

@Module({})
class OperationsHost {}

/**
 * `GET /livez` and `GET /readyz` (200 or 503 with the report), `GET /metrics` (Prometheus text) and the pages of docs/operations in a Nest app. A worker
 * without an API of its own serves them on its metrics port.
 */
export const operationsModule = (parts: {
  readonly health: HealthRegistry;
  readonly metrics: Registry;
}): DynamicModule => ({
  module: OperationsHost,
  controllers: [OperationsController, OperatorsPages],
  providers: [
    { provide: HEALTH, useValue: parts.health },
    { provide: METRICS, useValue: parts.metrics },
  ],
});
