import { setTimeout } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AgentId, ConnectionId } from '@dialtone/domain';
import { type Stores } from '@dialtone/persistence';
import { createTestDatabase, TcpProxy, type TestDatabase } from '@dialtone/persistence/testing';
import type { BindingDto, BindingsPageDto } from '../src/bindings/bindings.dto';
import type { PlanDto } from '../src/bindings/plan/plan.dto';
import type { ReadinessPageDto } from '../src/readiness/readiness.dto';
import { openStoredGateway } from './stored-gateway';

const PATH = '/api/v2/voicelink/bindings';

interface Tenant {
  readonly apiKey: string;
  readonly connectionId: ConnectionId;
  readonly agentId: AgentId;
}

interface Body<T> {
  readonly success: boolean;
  readonly data: T;
  readonly error: { readonly code: string; readonly details?: readonly { readonly field: string }[] };
}

describe('the gateway on PostgreSQL', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let app: NestFastifyApplication;
  let stores: Stores;
  let tenant: Tenant;

  const addTenant = async (name: string): Promise<Tenant> => {
    const partner = await stores.partners.create(name);
    const { apiKey } = await stores.apiKeys.issue(partner.id, 'test');
    const connection = await stores.connections.create({
      partnerId: partner.id,
      name: 'VoiceLink',
      baseUrl: 'http://127.0.0.1:1',
      credentials: { username: 'u', password: 'p' },
    });
    const agent = await stores.agents.create(partner.id, 'Sales Agent');
    if (agent === 'name_taken') throw new Error('a new partner has no agents');
    return { apiKey, connectionId: connection.id, agentId: agent.id };
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = new TcpProxy(Number(new URL(database.url).port));
    await proxy.mend();
    ({ app, stores } = await openStoredGateway(database, { DATABASE_URL: proxy.through(database.url) }));
  });
  afterAll(async () => {
    await app.close();
    await proxy.cut();
    await database.drop();
  });
  let partners = 0;
  beforeEach(async () => {
    partners += 1;
    tenant = await addTenant(`Partner ${String(partners)}`);
  });

  const ask = async <T = never>(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    { body, headers = {}, apiKey = tenant.apiKey }: { body?: object; headers?: object; apiKey?: string } = {},
  ) => {
    const response = await app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${apiKey}`, ...headers },
      ...(body !== undefined && { payload: body }),
    });
    const json = response.body === '' ? undefined : response.json<Body<T>>();
    return { status: response.statusCode, headers: response.headers, json: json as Body<T> };
  };
  const declare = (key: string, body: object = {}, headers: object = {}) =>
    ask<BindingDto>('PUT', `${PATH}/${key}`, { body: { agent_id: tenant.agentId, ...body }, headers });

  it('declares, reads, plans, triggers and deletes', async () => {
    const created = await declare('%2B918011223344', { client_id: 415, bot_name: 'Größe 📞' });
    expect([created.status, created.headers['etag']]).toEqual([201, '"1"']);
    const read = await ask<BindingDto>('GET', String(created.headers['location']));
    expect(read.json.data).toMatchObject({
      key: '918011223344',
      client_id: 415,
      bot_name: 'Größe 📞',
      agent: { name: 'Sales Agent' },
      status: { outcome: 'pending', attempts: 0 },
      readiness: { state: 'UNKNOWN', observed_at: null },
    });
    const plan = await ask<PlanDto>('GET', `${PATH}/918011223344/plan`);
    expect(plan.json.data.steps[0]?.reason).toBe('observation_incomplete');
    expect((await ask('POST', `${PATH}/918011223344/reconcile`)).status).toBe(202);
    const readiness = await ask<ReadinessPageDto>('GET', '/api/v2/voicelink/readiness');
    expect(readiness.json.data.readiness).toMatchObject([{ key: '918011223344', declared: true, state: 'UNKNOWN' }]);
    expect((await ask('DELETE', `${PATH}/918011223344`)).status).toBe(200);
    expect((await ask('GET', `${PATH}/918011223344`)).status).toBe(404);
  });

  it('changes nothing when the same is declared many times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => declare('918011223344', { client_id: 1 })));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(11);
    expect(new Set(answers.map((answer) => answer.headers['etag']))).toEqual(new Set(['"1"']));
  });

  it('lets one of several writers through that read the same generation', async () => {
    await declare('918011223344');
    const answers = await Promise.all(
      [1, 2, 3, 4].map((client) => declare('918011223344', { client_id: client }, { 'if-match': '"1"' })),
    );
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
  });

  it('takes the largest client id, and gives it back unchanged', async () => {
    const answer = await declare('918011223344', { client_id: Number.MAX_SAFE_INTEGER });
    expect(answer.json.data.client_id).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('pages over its own bindings and refuses a cursor that it did not give', async () => {
    for (const key of ['918011223341', '918011223342', '918011223343']) await declare(key);
    const first = await ask<BindingsPageDto>('GET', `${PATH}?limit=2`);
    const cursor = encodeURIComponent(String(first.json.data.next_cursor));
    const second = await ask<BindingsPageDto>('GET', `${PATH}?limit=2&cursor=${cursor}`);
    expect([first, second].flatMap((page) => page.json.data.bindings.map((binding) => binding.key))).toEqual([
      '918011223341',
      '918011223342',
      '918011223343',
    ]);
    for (const list of [PATH, '/api/v2/voicelink/readiness', '/api/v2/voicelink/drift']) {
      const answer = await ask('GET', `${list}?cursor=bm90LWEtY3Vyc29y`);
      expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
      expect(answer.json.error.details?.[0]?.field).toBe('cursor');
    }
  });

  it('keeps partners apart', async () => {
    await declare('918011223344');
    const mine = tenant;
    tenant = await addTenant('Stranger');
    expect((await ask('GET', `${PATH}/918011223344`)).status).toBe(404);
    expect((await ask('DELETE', `${PATH}/918011223344`)).status).toBe(404);
    const foreignAgent = await declare('918011223344', { agent_id: mine.agentId });
    expect(foreignAgent.json.error.code).toBe('AGENT_NOT_FOUND');
    const foreignConnection = await declare('918011223344', { connection_id: mine.connectionId });
    expect(foreignConnection.json.error.code).toBe('CONNECTION_NOT_FOUND');
  });

  it('refuses a key that was never issued', async () => {
    const forged = `${tenant.apiKey.slice(0, -4)}AAAA`;
    expect((await ask('GET', PATH, { apiKey: forged })).status).toBe(401);
  });

  it('asks to try again while the database is away, and goes on when it is back', async () => {
    await proxy.cut();
    const away = await ask('GET', PATH);
    expect([away.status, away.json.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(Number(away.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask('GET', '/health/ready')).status).toBe(503);
    expect((await ask('GET', '/health/live')).status).toBe(200);
    await proxy.mend();
    expect((await ask('GET', PATH)).status).toBe(200);
    // What was found out is said for a second.
    await setTimeout(1_000);
    expect((await ask('GET', '/health/ready')).status).toBe(200);
  });
});
