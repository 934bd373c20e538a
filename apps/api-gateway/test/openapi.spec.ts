import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { aClient } from '@dialtone/testing';
import { describeGateway } from '../src/openapi/describe-gateway';
import { DocumentValidator } from './document-validator';
import { TestGateway } from './gateway';
import { EMPTY_VIEW, reportOf } from './memory-provisioner';
import { drifting, KEY, NOW, readyObservation } from './observations';
import { allRoutes } from './routes';

const COMMITTED = resolve(__dirname, '../../../docs/api/openapi.json');

const fail = (): never => {
  throw new Error('not declared');
};

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
  readonly 'x-error-codes'?: readonly string[];
}

const OF_SECURED = ['VALIDATION_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'INTERNAL_ERROR', 'SERVICE_UNAVAILABLE'];

const operationsOf = (document: OpenAPIObject): (readonly [name: string, operation: Operation])[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => {
      return [`${method.toUpperCase()} ${path}`, operation] as const;
    }),
  );

describe('the OpenAPI document', () => {
  let gateway: TestGateway;
  let document: OpenAPIObject;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    document = (await gateway.ask('GET', '/openapi.json', { apiKey: null })).json as unknown as OpenAPIObject;
  });
  afterAll(() => gateway.close());

  it('is committed as it is (else: npm run openapi)', async () => {
    const compact = (text: string): string => JSON.stringify(JSON.parse(text));
    expect(compact(await readFile(COMMITTED, 'utf8'))).toBe(compact(await describeGateway()));
  });

  it('is served as it is committed', async () => {
    expect(document).toEqual(JSON.parse(await describeGateway()));
  });

  it('is not sent again to who has it', async () => {
    const first = await gateway.ask('GET', '/openapi.json', { apiKey: null });
    expect(first.headers['cache-control']).toBe('no-cache');
    const headers = { 'if-none-match': String(first.headers['etag']) };
    const second = await gateway.ask('GET', '/openapi.json', { apiKey: null, headers });
    expect([second.status, second.text]).toEqual([304, '']);
    const other = await gateway.ask('GET', '/openapi.json', { apiKey: null, headers: { 'if-none-match': '"x"' } });
    expect(other.text).toBe(first.text);
  });

  it('has every route', () => {
    const routes = allRoutes(gateway.app).map(
      ({ method, path }) => `${method} ${path.replace(/(?<!:):(\w+)/g, '{$1}').replaceAll('::', ':')}`,
    );
    expect(
      operationsOf(document)
        .map(([name]) => name)
        .sort(),
    ).toEqual(routes.sort());
  });

  it('names every operation once, and says what it answers and refuses', () => {
    const operations = operationsOf(document);
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [name, { operationId, summary, security, responses, 'x-error-codes': codes }] of operations) {
      expect([name, typeof operationId, typeof summary]).toEqual([name, 'string', 'string']);
      const statuses = Object.keys(responses);
      expect([name, statuses.some((status) => status.startsWith('2'))]).toEqual([name, true]);
      expect([name, statuses.filter((status) => status >= '400')]).toEqual([name, ['default']]);
      if (!name.includes('/api/')) {
        expect([name, codes]).toEqual([name, expect.arrayContaining(['SERVICE_UNAVAILABLE'])]);
        continue;
      }
      expect([name, security]).toEqual([name, [{ bearer: [] }]]);
    }
    expect(document.components?.securitySchemes?.['bearer']).toMatchObject({
      'x-error-codes': expect.arrayContaining(OF_SECURED) as string[],
    });
  });

  it('is OpenAPI 3.1 of at most 13,000 lines', async () => {
    expect(document.openapi).toBe('3.1.0');
    expect((await readFile(COMMITTED, 'utf8')).split('\n').length).toBeLessThanOrEqual(13_000);
  });

  it('says what is really answered', async () => {
    const { partnerId, agentId, connectionId } = gateway.tenant;
    const validator = new DocumentValidator(document);
    const root = '/api/v2/voicelink';
    const check = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, status: number, body?: object) => {
      const url = path.replace('{key}', KEY).replace('{connection_id}', connectionId);
      const answer = await gateway.ask(method, url, body === undefined ? {} : { body });
      const verb = method.toLowerCase() as 'get' | 'put' | 'post' | 'delete';
      const problems = validator.problems(verb, path, answer.status, answer.json);
      expect([method, path, answer.status, problems]).toEqual([method, path, status, []]);
    };
    await check('PUT', `${root}/bindings/{key}`, 400, { agent_id: 'x' });
    await check('PUT', `${root}/bindings/{key}`, 201, { agent_id: agentId });
    await check('GET', `${root}/bindings/{key}`, 200);
    await check('GET', `${root}/bindings/{key}/plan`, 200);
    await check('GET', `${root}/readiness`, 200);
    const observation = readyObservation(KEY, agentId);
    const stored = drifting({
      ...(gateway.world.views.get(`${partnerId}/${KEY}`)?.readiness ?? fail()),
      observedAt: NOW,
      ageSeconds: 1.5,
      observation,
    });
    for (const seen of [observation, { ...observation, bots: [], routing: null, local: null }]) {
      gateway.world.store(partnerId, { ...stored, observation: seen });
      await check('PUT', `${root}/bindings/{key}`, 200, { agent_id: agentId });
      await check('GET', `${root}/bindings`, 200);
      await check('GET', `${root}/bindings/{key}/plan`, 200);
      await check('GET', `${root}/readiness`, 200);
      await check('GET', `${root}/drift`, 200);
    }
    const reports = [observation, { ...observation, did: null, bots: [], routing: null, local: null }].map(reportOf);
    gateway.world.provisioner.synced = {
      kind: 'synced',
      view: {
        ...EMPTY_VIEW,
        snapshot: { ...EMPTY_VIEW.snapshot, clients: { status: 'complete', rows: [aClient()] } },
        localNumbers: reports.flatMap(({ local }) => local ?? []),
        keys: reports,
        warnings: [{ section: 'bots', code: 'FETCH_FAILED', message: 'HTTP 502' }],
      },
    };
    await check('POST', `${root}/sync`, 200);
    await check('POST', `${root}/sync`, 400, { import_dids: 1 });
    await check('POST', `${root}/call-ready`, 200, { did_id: 812 });
    for (const after of reports) {
      const steps = [{ step: 'ensure_routing', status: 'done', detail: 'Updated', data: { routing_id: 120 } }] as const;
      gateway.world.provisioner.finished = {
        kind: 'finished',
        result: { key: KEY, ready: true, steps, before: null, after },
      };
      await check('POST', `${root}/call-ready`, 200, { did_number: KEY });
    }
    gateway.world.provisioner.finished = { kind: 'busy', retryAfterMs: 1 };
    await check('POST', `${root}/call-ready`, 409, { did_id: 812 });
    await check('POST', `${root}/bindings/{key}/reconcile`, 202);
    await check('POST', `${root}/connections/{connection_id}/acknowledge-hold`, 200);
    await check('DELETE', `${root}/bindings/{key}`, 200);
    await check('DELETE', `${root}/bindings/{key}`, 404);
    await check('GET', '/health/live', 200);
    await check('GET', '/health/ready', 200);
  });

  it('can be browsed at /docs with scripts of its own origin only', async () => {
    const page = await gateway.ask('GET', '/docs', { apiKey: null });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('swagger-ui')]);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/<script(?![^>]*src=)[^>]*>\s*\S/);
    const scripts = [...page.text.matchAll(/src="\.\/(docs\/[^"]+)"/g)].map((match) => match[1]);
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts) {
      expect((await gateway.ask('GET', `/${String(script)}`, { apiKey: null })).status).toBe(200);
    }
  });
});
