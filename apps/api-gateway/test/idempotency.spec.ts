import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ModulesContainer } from '@nestjs/core';
import { IDEMPOTENT_KEY } from '../src/http/idempotency/idempotent';
import { TestGateway } from './gateway';
import { KEY } from './observations';
import { allRoutes } from './routes';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;

describe('Idempotency-Key', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  const declare = (key: string, body: object = {}, headers: Record<string, string> = {}) =>
    gateway.ask('PUT', ONE, {
      body: { agent_id: gateway.tenant.agentId, ...body },
      headers: { 'idempotency-key': key, ...headers },
    });

  it('is honoured by every route that changes something', () => {
    const mutating = allRoutes(gateway.app).filter(
      // A plan changes nothing.
      ({ method, path, policy }) => method !== 'GET' && policy?.kind !== 'public' && !path.endsWith('::plan'),
    );
    expect(mutating.length).toBeGreaterThan(0);
    const handlers = [...gateway.app.get(ModulesContainer).values()]
      .flatMap((module) => [...module.controllers.values()])
      .flatMap(({ metatype }) =>
        metatype === null ? [] : Object.values(Object.getOwnPropertyDescriptors(metatype.prototype as object)),
      )
      .filter(
        ({ value }) => typeof value === 'function' && Reflect.getMetadata(IDEMPOTENT_KEY, value as object) === true,
      );
    expect(handlers).toHaveLength(mutating.length);
  });

  it('returns the first answer again, with its status, ETag and Location', async () => {
    const first = await declare('a');
    const again = await declare('a');
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.text).toBe(first.text);
    expect(again.headers).toMatchObject({ etag: '"1"', location: ONE, 'idempotency-replayed': 'true' });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect((await declare('b')).status).toBe(200);
  });

  it('takes the same body in another order of fields for the same', async () => {
    const { agentId } = gateway.tenant;
    await declare('a', { client_id: 415, bot_name: 'Sales' });
    const again = await gateway.ask('PUT', ONE, {
      payload: `{ "bot_name": "Sales", "client_id": 415, "agent_id": "${agentId}" }`,
      headers: { 'idempotency-key': 'a' },
    });
    expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
  });

  it.each([
    ['body', () => declare('a', { client_id: 2 })],
    ['precondition', () => declare('a', { client_id: 1 }, { 'if-match': '"1"' })],
    [
      'path',
      () =>
        gateway.ask('PUT', '/api/v2/voicelink/bindings/918011223345', {
          body: { agent_id: gateway.tenant.agentId, client_id: 1 },
          headers: { 'idempotency-key': 'a' },
        }),
    ],
    ['method', () => gateway.ask('DELETE', ONE, { headers: { 'idempotency-key': 'a' } })],
  ])('refuses the key of another %s', async (_, other) => {
    await declare('a', { client_id: 1 });
    const answer = await other();
    expect([answer.status, answer.json.error.code]).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    expect((await declare('a', { client_id: 1 })).status).toBe(201);
  });

  it('belongs to the partner', async () => {
    await declare('a');
    gateway.tenant = gateway.world.addTenant();
    const answer = await declare('a', { client_id: 7 });
    expect([answer.status, answer.headers['idempotency-replayed']]).toEqual([201, undefined]);
  });

  it('returns a refusal again, also when it would not be refused any more', async () => {
    const unknown = randomUUID();
    const first = await declare('a', { agent_id: unknown });
    expect([first.status, first.json.error.code]).toEqual([404, 'AGENT_NOT_FOUND']);
    const again = await declare('a', { agent_id: unknown });
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([404, first.text, 'true']);
    const precondition = await declare('b', {}, { 'if-match': '"9"' });
    await declare('c');
    expect([precondition.status, (await declare('b', {}, { 'if-match': '"9"' })).status]).toEqual([412, 412]);
  });

  it.each([['DELETE'], ['POST']] as const)('answers a repeated %s as it did first', async (method) => {
    await declare('a');
    const url = method === 'DELETE' ? ONE : `${ONE}/reconcile`;
    const ask = () => gateway.ask(method, url, { headers: { 'idempotency-key': 'b' } });
    const first = await ask();
    const again = await ask();
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(first.json.success).toBe(true);
    expect(gateway.world.triggered).toHaveLength(method === 'POST' ? 1 : 0);
  });

  it('stays free when the request was malformed', async () => {
    expect((await declare('a', { client_id: 0 })).status).toBe(400);
    expect((await declare('a', { client_id: 1 })).status).toBe(201);
  });

  it('is checked before anything is done', async () => {
    for (const key of ['', 'two words', 'ü', 'x'.repeat(256)]) {
      const answer = await declare(key);
      expect([key, answer.status, answer.json.error.details?.[0]?.field]).toEqual([key, 400, 'Idempotency-Key']);
    }
    expect(gateway.world.views.size).toBe(0);
    expect((await declare('x'.repeat(255))).status).toBe(201);
    expect((await declare('"8e03978e-40d5-43dd-bc93-6894a57f9324"')).status).toBe(200);
  });

  it('does not keep an error of ours, after which the request can be repeated', async () => {
    gateway.world.declared.failure = new Error('a defect');
    expect((await declare('a')).status).toBe(500);
    gateway.world.declared.failure = null;
    expect((await declare('a')).status).toBe(201);
  });

  it('is freed as soon as a database that was away is back, and the caller does not wait for that', async () => {
    gateway.world.declared.failure = Object.assign(new Error('silent'), { code: 'ETIMEDOUT' });
    const abandon = gateway.world.idempotency.abandon.bind(gateway.world.idempotency);
    const away = Promise.withResolvers<never>();
    const abandoning = jest.spyOn(gateway.world.idempotency, 'abandon').mockImplementationOnce(() => away.promise);
    expect((await declare('a')).status).toBe(503);
    gateway.world.declared.failure = null;
    abandoning.mockImplementation(abandon);
    away.reject(new Error('still away'));
    for (const end = Date.now() + 5_000; abandoning.mock.calls.length < 2 && Date.now() < end;) await delay(20);
    expect((await declare('a')).status).toBe(201);
    abandoning.mockRestore();
  });

  describe('while the first request is under way', () => {
    /** Holds the next declaration back until the returned function is called. */
    const hold = () => {
      const { promise, resolve } = Promise.withResolvers<null>();
      const declareNow = gateway.world.bindings.declare.bind(gateway.world.bindings);
      let calls = 0;
      jest.spyOn(gateway.world.bindings, 'declare').mockImplementation(async (input) => {
        calls += 1;
        await promise;
        return declareNow(input);
      });
      return {
        release: () => {
          resolve(null);
        },
        calls: () => calls,
      };
    };
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it('makes duplicates wait for its answer', async () => {
      const held = hold();
      const answers = Promise.all([declare('a'), declare('a'), declare('a')]);
      await delay(120);
      held.release();
      expect((await answers).map((answer) => answer.status)).toEqual([201, 201, 201]);
      expect(held.calls()).toBe(1);
    });

    it('tells duplicates to come again when that takes long', async () => {
      const held = hold();
      const first = declare('a');
      await delay(20);
      const second = await declare('a');
      expect([second.status, second.json.error.code]).toEqual([409, 'IDEMPOTENCY_IN_PROGRESS']);
      expect(Number(second.headers['retry-after'])).toBeGreaterThan(0);
      const other = await declare('a', { client_id: 5 });
      expect(other.json.error.code).toBe('IDEMPOTENCY_KEY_REUSED');
      held.release();
      expect((await first).status).toBe(201);
      expect((await declare('a')).headers['idempotency-replayed']).toBe('true');
    });
  });

  it('returns the answer also when it cannot be kept', async () => {
    jest.spyOn(gateway.world.idempotency, 'keep').mockRejectedValueOnce(new Error('away'));
    expect((await declare('a')).status).toBe(201);
    expect(gateway.log.some((line) => line.includes('could not be kept'))).toBe(true);
    jest.restoreAllMocks();
  });
});
