import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SCOPES } from '@dialtone/persistence';
import { AuthGuard } from '../src/http/auth.guard';
import { RequestLimit } from '../src/http/request-limit';
import { API_KEY_STORE, GATEWAY_SETTINGS, REQUEST_WINDOWS } from '../src/stores/tokens';
import { TestGateway } from './gateway';
import { KEY, MemoryWorld } from './memory-world';
import { allRoutes, type Route } from './routes';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;
const ID = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';

const world = new MemoryWorld();

@Controller('open')
class ForgottenController {
  @Get()
  get(): string {
    return 'reached';
  }
}

@Module({
  controllers: [ForgottenController],
  providers: [
    { provide: API_KEY_STORE, useValue: world.apiKeys },
    { provide: REQUEST_WINDOWS, useValue: world.requestWindows },
    { provide: GATEWAY_SETTINGS, useValue: { requestsPerMinute: world.requestsPerMinute } },
    AuthGuard,
    RequestLimit,
  ],
})
class ForgottenModule {}

describe('authentication', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway.close());

  const askRoute = ({ method, path }: Route, apiKey: string | null) =>
    gateway.ask(method as 'GET', path.replace(':key', KEY).replace(':connection_id', ID), { apiKey });
  const scoped = () => allRoutes(gateway.app).filter(({ policy }) => policy?.kind === 'scope');

  it('every route says who may call it', () => {
    const routes = allRoutes(gateway.app);
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'DELETE /api/v2/agent/:id',
      'DELETE /api/v2/telephony/connections/:connection_id',
      'DELETE /api/v2/voicelink/bindings/:key',
      'GET /api/v2/agent',
      'GET /api/v2/agent/:id',
      'GET /api/v2/phone-numbers',
      'GET /api/v2/phone-numbers/:id',
      'GET /api/v2/telephony/connections',
      'GET /api/v2/voicelink/bindings',
      'GET /api/v2/voicelink/bindings/:key',
      'GET /api/v2/voicelink/bindings/:key/plan',
      'GET /api/v2/voicelink/bots',
      'GET /api/v2/voicelink/call-routing',
      'GET /api/v2/voicelink/clients',
      'GET /api/v2/voicelink/dids/available',
      'GET /api/v2/voicelink/dids/purchased',
      'GET /api/v2/voicelink/drift',
      'GET /api/v2/voicelink/readiness',
      'GET /docs/issues',
      'GET /docs/issues/:issue',
      'GET /health/live',
      'GET /health/ready',
      'PATCH /api/v2/telephony/connections/:connection_id',
      'POST /api/v2/agent',
      'POST /api/v2/calls/start',
      'POST /api/v2/phone-numbers/sync',
      'POST /api/v2/telephony/connections',
      'POST /api/v2/voicelink/bindings/:key/reconcile',
      'POST /api/v2/voicelink/bots',
      'POST /api/v2/voicelink/bots/:bot_id',
      'POST /api/v2/voicelink/call-ready',
      'POST /api/v2/voicelink/call-routing',
      'POST /api/v2/voicelink/call-routing/:routing_id',
      'POST /api/v2/voicelink/clients',
      'POST /api/v2/voicelink/clients/:client_id',
      'POST /api/v2/voicelink/connections/:connection_id/acknowledge-hold',
      'POST /api/v2/voicelink/dids/map',
      'POST /api/v2/voicelink/sync',
      'PUT /api/v2/config/telephony/:provider',
      'PUT /api/v2/phone-numbers/:id',
      'PUT /api/v2/voicelink/bindings/:key',
    ]);
    expect(routes.filter(({ policy }) => policy === undefined)).toEqual([]);
    expect(routes.filter(({ path, policy }) => path.startsWith('/api/') && policy?.kind !== 'scope')).toEqual([]);
  });

  it('a route that does not say so is found, and refused', async () => {
    const app = await NestFactory.create<NestFastifyApplication>(ForgottenModule, new FastifyAdapter(), {
      logger: false,
    });
    app.useGlobalGuards(app.get(AuthGuard));
    await app.init();
    expect(allRoutes(app)).toEqual([{ method: 'GET', path: '/open', policy: undefined }]);
    const answer = await app.inject({ method: 'GET', url: '/open' });
    expect(answer.statusCode).toBe(500);
    await app.close();
  });

  it('asks for credentials on every route that needs a scope', async () => {
    for (const route of scoped()) {
      const answer = await askRoute(route, null);
      expect([route.path, answer.status, answer.json.error.code]).toEqual([route.path, 401, 'UNAUTHORIZED']);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="dialtone"');
    }
  });

  it('refuses a key with every scope but the needed one, and lets one with only that through', async () => {
    for (const route of scoped()) {
      const needed = route.policy?.kind === 'scope' ? route.policy.scope : '';
      const others = gateway.world.addTenant(SCOPES.filter((scope) => scope !== needed));
      const refused = await askRoute(route, others.apiKey);
      expect([route.path, refused.status, refused.json.error.code]).toEqual([route.path, 403, 'FORBIDDEN']);
      expect(refused.json.error.message).toContain(needed);
      const allowed = await askRoute(route, gateway.world.addTenant([needed]).apiKey);
      expect([401, 403]).not.toContain(allowed.status);
    }
  });

  it.each([
    'rg_live_unknown',
    'Bearer rg_live_0123456789abcdef_unknown',
    'Basic cmdfbGl2ZTpzZWNyZXQ=',
    'Bearer',
    'Bearer sk_live_0123456789abcdef',
    'Bearer rg_live_0123456789abcdef extra',
  ])('refuses the header Authorization: %s', async (authorization) => {
    const answer = await gateway.ask('GET', ONE, { apiKey: null, headers: { authorization } });
    expect([answer.status, answer.json.error.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('takes the scheme in any letter case', async () => {
    const authorization = `bearer ${gateway.tenant.apiKey}`;
    expect((await gateway.ask('GET', ONE, { apiKey: null, headers: { authorization } })).status).toBe(404);
  });

  it('does not take a key from the query', async () => {
    const answer = await gateway.ask('GET', `${ONE}?api_key=${gateway.tenant.apiKey}`, { apiKey: null });
    expect(answer.status).toBe(401);
  });

  it('looks a key up once for requests that follow each other closely', async () => {
    const { apiKey } = gateway.world.addTenant();
    const before = gateway.world.lookups;
    await Promise.all([1, 2, 3].map(() => gateway.ask('GET', ONE, { apiKey })));
    expect(gateway.world.lookups - before).toBe(1);
  });
});
