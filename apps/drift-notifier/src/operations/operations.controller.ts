import { Controller, Get, Header, Inject, ServiceUnavailableException } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HEALTH, REGISTRY } from '../tokens';
import { Health, type HealthReport, type Probe } from './health';

/** For an orchestrator and for Prometheus, on the port of the metrics. */
@Controller()
export class OperationsController {
  constructor(
    @Inject(HEALTH) private readonly health: Health,
    @Inject(REGISTRY) private readonly registry: Registry,
  ) {}

  @Get('livez')
  live(): Promise<HealthReport> {
    return this.answer('live');
  }

  @Get('readyz')
  ready(): Promise<HealthReport> {
    return this.answer('ready');
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('cache-control', 'no-store')
  scrape(): Promise<string> {
    return this.registry.metrics();
  }

  private async answer(probe: Probe): Promise<HealthReport> {
    const report = await this.health.report(probe);
    if (!report.healthy) throw new ServiceUnavailableException(report);
    return report;
  }
}
