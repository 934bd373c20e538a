import { setTimeout } from 'node:timers/promises';
import { createLogger, type HealthRegistry } from '@dialtone/platform';
import { createOperationsServer } from '../src/operations-server';
import { HEALTH } from '../src/outside/tokens';
import { TestGateway } from './gateway';
import { KEY } from './observations';
import { servedRoutes } from './routes';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;

describe('operating the gateway', () => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await TestGateway.start();
  });
  afterEach(() => gateway.close());

  it('is ready while the database answers, and alive in any case', async () => {
    const ready = await gateway.ask('GET', '/health/ready', { apiKey: null });
    expect([ready.status, ready.json.data]).toEqual([200, { checks: { database: 'ok' } }]);
    gateway.databaseProblem = 'no answer';
    const away = await gateway.ask('GET', '/health/ready', { apiKey: null });
    expect([away.status, away.json.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(away.json.error.message).toBe('Not healthy: database: no answer.');
    expect((await gateway.ask('GET', '/health/live', { apiKey: null })).status).toBe(200);
  });

  it('counts requests by route template, whatever is asked for', async () => {
    await gateway.ask('GET', ONE);
    await gateway.ask('GET', `${ONE}/plan`);
    await gateway.ask('GET', '/wp-login.php');
    const text = await gateway.registry.metrics();
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/api/v2/voicelink/bindings/:key",status_class="4xx"} 1',
    );
    expect(text).toContain('route="/api/v2/voicelink/bindings/:key/plan"');
    expect(text).toContain('http_requests_total{method="unmatched",route="unmatched",status="404"} 1');
    expect(text).toContain('http_requests_in_progress 0');
    expect(text).not.toMatch(/wp-login|918011223344/);
  });

  it('serves metrics and probes apart from the API, where they say the same of its health', async () => {
    for (const path of ['/metrics', '/livez', '/readyz']) {
      expect((await gateway.ask('GET', path)).status).toBe(404);
    }
    await gateway.ask('GET', ONE);
    const operations = await createOperationsServer({
      health: gateway.app.get<HealthRegistry>(HEALTH),
      registry: gateway.registry,
      logger: createLogger({ name: 'test', level: 'silent' }),
    });
    await operations.init();
    const pages = ['GET /docs/operations/:page', 'GET /docs/operations/runbooks/:page'];
    expect(servedRoutes(operations).sort()).toEqual([...pages, 'GET /livez', 'GET /metrics', 'GET /readyz']);
    const ask = (url: string) => operations.inject({ method: 'GET', url });
    expect((await ask('/metrics')).body).toContain('http_request_duration_seconds_count');
    expect([(await ask('/livez')).statusCode, (await ask('/readyz')).statusCode]).toEqual([200, 200]);
    gateway.databaseProblem = 'no answer';
    expect([(await ask('/livez')).statusCode, (await ask('/readyz')).statusCode]).toEqual([200, 503]);
    expect((await ask('/api/v2/agent')).statusCode).toBe(404);
    await operations.close();
  });

  it('logs each request once, without its query and credentials, and no probes', async () => {
    await gateway.ask('GET', `${ONE}?connection_id=secretive`);
    await gateway.ask('GET', '/health/live');
    const lines = gateway.log.filter((line) => line.includes('"msg":"request"'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      method: 'GET',
      path: ONE,
      status: 400,
      partner_id: gateway.tenant.partnerId,
      api_key_id: expect.any(String) as string,
    });
    await gateway.ask('GET', ONE, { apiKey: null });
    expect(JSON.parse(gateway.log.at(-1) ?? '')).not.toHaveProperty('api_key_id');
    expect(lines[0]).not.toMatch(/secretive|rg_live/);
  });

  it('sends headers that let nothing be cached or framed', async () => {
    const { headers } = await gateway.ask('GET', ONE);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('script-src');
  });

  it('answers what is under way before it closes, and says that it is not ready', async () => {
    await gateway.app.listen(0, '127.0.0.1');
    const url = new URL(ONE, await gateway.app.getUrl());
    const { promise: release, resolve } = Promise.withResolvers<null>();
    const asked = Promise.withResolvers<undefined>();
    gateway.world.apiKeys.authenticate = async () => {
      asked.resolve(undefined);
      return release;
    };
    const answered = fetch(url, { headers: { authorization: `Bearer ${gateway.tenant.apiKey}` } });
    await asked.promise;
    expect(await gateway.registry.metrics()).toContain('http_requests_in_progress 1');
    const closed = gateway.app.close();
    await setTimeout(100);
    const ready = await gateway.ask('GET', '/health/ready');
    expect([ready.status, ready.json.error.message]).toEqual([503, expect.stringContaining('shutting down')]);
    resolve(null);
    expect((await answered).status).toBe(401);
    await closed;
  });
});
