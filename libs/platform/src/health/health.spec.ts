import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createRegistry } from '../metrics';
import { HealthRegistry } from './health-registry';
import { operationsModule } from './operations.module';

describe('health', () => {
  it('is good while every check is', async () => {
    const health = new HealthRegistry().add('readiness', 'database', () => Promise.resolve(null));
    expect(await health.report('readiness')).toEqual({ healthy: true, checks: { database: 'ok' } });
    expect(await health.report('liveness')).toEqual({ healthy: true, checks: {} });
  });

  it('names what is wrong, without what the check threw', async () => {
    const health = new HealthRegistry(20)
      .add('readiness', 'database', () => Promise.reject(new Error('password wrong')))
      .add('readiness', 'kafka', () => Promise.resolve('disconnected'))
      .add('readiness', 'slow', () => new Promise(() => undefined));
    expect(await health.report('readiness')).toEqual({
      healthy: false,
      checks: { database: 'failed', kafka: 'disconnected', slow: 'no answer within 20 ms' },
    });
  });

  it('turns from ready to not ready, but stays alive, when shutting down begins', async () => {
    const health = new HealthRegistry();
    health.beginShutdown();
    expect((await health.report('readiness')).healthy).toBe(false);
    expect((await health.report('liveness')).healthy).toBe(true);
  });
});

describe('the operations module', () => {
  let app: NestFastifyApplication;
  const health = new HealthRegistry();

  beforeAll(async () => {
    @Module({ imports: [operationsModule({ health, metrics: createRegistry() })] })
    class App {}
    app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  it('serves metrics as Prometheus text', async () => {
    const answer = await app.inject('/metrics');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.body).toContain('process_cpu_seconds_total');
  });

  it('answers probes with 200 or 503 and the report', async () => {
    expect(await app.inject('/livez')).toMatchObject({ statusCode: 200 });
    expect(await app.inject('/readyz')).toMatchObject({ statusCode: 200 });
    health.beginShutdown();
    const answer = await app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ healthy: false, checks: { shutdown: 'shutting down' } });
  });
});
