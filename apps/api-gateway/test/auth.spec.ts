import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SCOPES } from '@dialtone/persistence';
import { AuthGuard } from '../src/http/access/auth.guard';
import { needsApiKey } from '../src/http/access/admission';
import { RequireScope } from '../src/http/access/policy';
import { TestGateway } from './gateway';
import { KEY } from './observations';
import { allRoutes, servedRoutes, type Route } from './routes';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;
const ID = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';

/** A cursor of no list: a stream that is let in would not end. */
const pathOf = (path: string): string =>
  path
    .replaceAll('::', ':')
    .replace(':key', KEY)
    .replace(':connection_id', ID)
    .replace(':webhook_id', ID)
    .replace(/\/stream$/, '/stream?cursor=none');

interface Refusal {
  readonly error: { readonly message: string };
}

@Controller('open')
class ForgottenController {
  @Get()
  get(): string {
    return 'reached';
  }

  @Get('misplaced')
  @RequireScope('agents:read')
  misplaced(): string {
    return 'reached';
  }
}

@Module({ controllers: [ForgottenController], providers: [AuthGuard] })
class ForgottenModule {}

describe('authentication', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway.close());

  const askRoute = ({ method, path }: Route, apiKey: string | null) =>
    gateway.ask(method as 'GET', pathOf(path), { apiKey });
  const scoped = () => allRoutes(gateway.app).filter(({ policy }) => policy?.kind === 'scope');

  it('every route says who may call it', () => {
    const routes = allRoutes(gateway.app);
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'DELETE /api/v2/agent/:id',
      'DELETE /api/v2/telephony/connections/:connection_id',
      'DELETE /api/v2/voicelink/bindings/:key',
      'DELETE /api/v2/voicelink/pauses/:pause_id',
      'DELETE /api/v2/webhooks/:webhook_id',
      'GET /api/v2/agent',
      'GET /api/v2/agent/:id',
      'GET /api/v2/calls',
      'GET /api/v2/calls/:id',
      'GET /api/v2/phone-numbers',
      'GET /api/v2/phone-numbers/:id',
      'GET /api/v2/telephony/connection-states',
      'GET /api/v2/telephony/connections',
      'GET /api/v2/voicelink/bindings',
      'GET /api/v2/voicelink/bindings/:key',
      'GET /api/v2/voicelink/bindings/:key/history',
      'GET /api/v2/voicelink/bindings/:key/plan',
      'GET /api/v2/voicelink/bindings/:key/why',
      'GET /api/v2/voicelink/bots',
      'GET /api/v2/voicelink/call-routing',
      'GET /api/v2/voicelink/clients',
      'GET /api/v2/voicelink/dids/available',
      'GET /api/v2/voicelink/dids/purchased',
      'GET /api/v2/voicelink/drift',
      'GET /api/v2/voicelink/events',
      'GET /api/v2/voicelink/events/stream',
      'GET /api/v2/voicelink/history',
      'GET /api/v2/voicelink/pauses',
      'GET /api/v2/voicelink/readiness',
      'GET /api/v2/voicelink/readiness/summary',
      'GET /api/v2/voicelink/readiness/trend',
      'GET /api/v2/voicelink/steering',
      'GET /api/v2/webhooks',
      'GET /api/v2/webhooks/:webhook_id',
      'GET /api/v2/webhooks/:webhook_id/deliveries',
      'GET /docs/advisories/:advisory',
      'GET /docs/issues',
      'GET /docs/issues/:issue',
      'GET /health/live',
      'GET /health/ready',
      'PATCH /api/v2/telephony/connections/:connection_id',
      'PATCH /api/v2/webhooks/:webhook_id',
      'POST /api/v2/agent',
      'POST /api/v2/calls/:id/end',
      'POST /api/v2/calls/start',
      'POST /api/v2/phone-numbers/sync',
      'POST /api/v2/telephony/connections',
      'POST /api/v2/voicelink/bindings/:key/reconcile',
      'POST /api/v2/voicelink/bindings::batch',
      'POST /api/v2/voicelink/bindings::delete',
      'POST /api/v2/voicelink/bindings::plan',
      'POST /api/v2/voicelink/bots',
      'POST /api/v2/voicelink/bots/:bot_id',
      'POST /api/v2/voicelink/call-ready',
      'POST /api/v2/voicelink/call-routing',
      'POST /api/v2/voicelink/call-routing/:routing_id',
      'POST /api/v2/voicelink/clients',
      'POST /api/v2/voicelink/clients/:client_id',
      'POST /api/v2/voicelink/connections/:connection_id/acknowledge-hold',
      'POST /api/v2/voicelink/dids/map',
      'POST /api/v2/voicelink/pauses',
      'POST /api/v2/voicelink/sync',
      'POST /api/v2/webhooks',
      'POST /api/v2/webhooks/:webhook_id/replay',
      'POST /api/v2/webhooks/:webhook_id/rotate-secret',
      'POST /api/v2/webhooks/:webhook_id/test',
      'PUT /api/v2/config/telephony/:provider',
      'PUT /api/v2/phone-numbers/:id',
      'PUT /api/v2/voicelink/bindings/:key',
      'PUT /api/v2/voicelink/steering',
    ]);
    expect(routes.filter(({ policy }) => policy === undefined)).toEqual([]);
    expect(routes.filter(({ path, policy }) => needsApiKey(path) !== (policy?.kind === 'scope'))).toEqual([]);
  });

  it('nothing but these routes is served, pages about the API and callbacks of carriers aside', () => {
    const known = new Set(allRoutes(gateway.app).map(({ method, path }) => `${method} ${path.replaceAll('::', ':')}`));
    const served = servedRoutes(gateway.app);
    expect([...known].filter((route) => !served.includes(route))).toEqual([]);
    const others = served.filter((route) => !known.has(route));
    expect(
      others.filter(
        (route) =>
          !/^(?:GET \/(?:openapi[.]json|asyncapi[.]yaml|schemas\/events(?:\/dialtone[.][a-z.]+[.]v1)?[.]json|docs(?:\/.*)?)|(?:GET|POST) \/callbacks\/:provider\/:token\/:kind)$/.test(
            route,
          ),
      ),
    ).toEqual([]);
  });

  it('asks for a key below /api whatever serves it, and nowhere else', () => {
    expect(['/api', '/api/', '/api/v2/agent', '/api/v3'].map(needsApiKey)).toEqual([true, true, true, true]);
    expect(['/', '', '/apis', '/docs/api/', '/health/live'].map(needsApiKey)).toEqual(Array(5).fill(false));
  });

  it('a route that does not say so is found, and refused; and so is one that says so where nobody is asked', async () => {
    const app = await NestFactory.create<NestFastifyApplication>(ForgottenModule, new FastifyAdapter(), {
      logger: false,
    });
    app.useGlobalGuards(app.get(AuthGuard));
    await app.init();
    expect(allRoutes(app)).toEqual([
      { method: 'GET', path: '/open', policy: undefined },
      { method: 'GET', path: '/open/misplaced', policy: { kind: 'scope', scope: 'agents:read' } },
    ]);
    for (const url of ['/open', '/open/misplaced']) {
      expect((await app.inject({ method: 'GET', url })).statusCode).toBe(500);
    }
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

  it('refuses a request with two of that header, of which others might go by the other one', async () => {
    const { apiKey } = gateway.tenant;
    for (const authorization of [
      [`Bearer ${apiKey}`, 'Bearer rg_live_0123456789abcdef_other'],
      ['Basic abc', `Bearer ${apiKey}`],
      [`Bearer ${apiKey}`, `Bearer ${apiKey}`],
    ]) {
      const answer = await gateway.app.inject({ method: 'GET', url: ONE, headers: { Authorization: authorization } });
      expect([answer.statusCode, answer.json<Refusal>().error.message]).toEqual([
        401,
        'There is more than one header "Authorization": send one.',
      ]);
    }
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

  it('comes before anything of a body is read', async () => {
    const long = { method: 'POST' as const, payload: JSON.stringify({ prompt: 'x'.repeat(2 ** 20) }) };
    for (const payload of [long.payload, '{"agent_name":', '[]']) {
      const answer = await gateway.ask('POST', '/api/v2/agent', { apiKey: null, payload });
      expect([answer.status, answer.json.error.code]).toEqual([401, 'UNAUTHORIZED']);
      expect(answer.headers['x-request-id']).toEqual(expect.any(String));
    }
    const form = { 'content-type': 'text/plain' };
    expect((await gateway.ask('POST', '/api/v2/agent', { apiKey: null, payload: 'a=b', headers: form })).status).toBe(
      401,
    );
  });

  it('is not asked for where there is nothing', async () => {
    for (const payload of ['{}', '{']) {
      const answer = await gateway.ask('POST', '/api/v2/nothing', { apiKey: null, payload });
      expect([answer.status, answer.json.error.code]).toEqual([404, 'NOT_FOUND']);
    }
  });
});
