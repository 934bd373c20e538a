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

  it('asks once for all who want to know within the same second, but knows of shutting down at once', async () => {
    let asked = 0;
    let clock = 0;
    const now = jest.spyOn(performance, 'now').mockImplementation(() => clock);
    const health = new HealthRegistry(2_000, 1_000).add('readiness', 'database', () =>
      Promise.resolve(`no ${String(++asked)}`),
    );
    const reports = await Promise.all([health.report('readiness'), health.report('readiness')]);
    clock = 999;
    expect([...reports, await health.report('readiness')].map(({ checks }) => checks['database'])).toEqual(
      Array(3).fill('no 1'),
    );
    health.beginShutdown();
    expect((await health.report('readiness')).checks).toEqual({ database: 'no 1', shutdown: 'shutting down' });
    clock = 1_000;
    expect((await health.report('readiness')).checks['database']).toBe('no 2');
    now.mockRestore();
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

  it.each(['metrics.md', 'runbooks/DialtoneWritesHeld.md'])('gives out the page %s, as it is written', async (page) => {
    const answer = await app.inject(`/docs/operations/${page}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body).toMatch(/^# /);
  });

  it.each([
    'none.md',
    'generate.mjs',
    'runbooks/none.md',
    '..%2f..%2fREADME.md',
    'runbooks/..%2fmetrics.md',
    '../security.md',
  ])('gives out no file %s', async (page) => {
    expect((await app.inject(`/docs/operations/${page}`)).statusCode).toBe(404);
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
