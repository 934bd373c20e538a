import type { DidKey } from '@dialtone/domain';
import { randomUUID } from 'node:crypto';
import type { BindingDto, BindingsPageDto } from '../src/bindings/bindings.dto';
import type { PlanDto } from '../src/bindings/plan/plan.dto';
import { TestGateway } from './gateway';
import { drifting, KEY, NOW, readyObservation } from './observations';

const PATH = '/api/v2/voicelink/bindings';
const ONE = `${PATH}/${KEY}`;

describe('bindings', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  const declare = (key: string = KEY, body: object = {}) =>
    gateway.ask('PUT', `${PATH}/${key}`, { body: { agent_id: gateway.tenant.agentId, ...body } });
  /** What the reconciler and the sweep did since. */
  const settle = (view = {}) => {
    const id = `${gateway.tenant.partnerId}/${KEY}`;
    const known = gateway.world.views.get(id);
    if (known === undefined) throw new Error('not declared');
    gateway.world.views.set(id, { ...known, ...view });
    return known;
  };
  const observe = () => {
    const { readiness } = settle();
    gateway.world.store(
      gateway.tenant.partnerId,
      drifting({
        ...readiness,
        observedAt: NOW,
        ageSeconds: 42,
        stale: true,
        observation: { ...readyObservation(KEY, gateway.tenant.agentId), bots: [], routing: null },
      }),
    );
  };

  describe('reading one', () => {
    it('shows status and readiness with their age', async () => {
      await declare();
      observe();
      settle({
        status: {
          outcome: 'stalled',
          message: 'Renew it',
          observedGeneration: 1,
          attempts: 3,
          lastReconciledAt: NOW,
          nextReconcileAt: NOW,
          contest: null,
          handledToken: null,
        },
      });
      const { status, headers, json } = await gateway.ask('GET', `${PATH}/%2B918011223344`);
      const data = json.data as BindingDto;
      expect([status, headers['etag']]).toEqual([200, '"1"']);
      expect(data.status).toEqual({
        outcome: 'stalled',
        message: 'Renew it',
        attempts: 3,
        last_reconciled_at: NOW.toISOString(),
        next_reconcile_at: NOW.toISOString(),
        contest: null,
        last_handled_reconcile_token: null,
        conditions: expect.any(Array) as unknown[],
      });
      expect(data.observed_generation).toBe(1);
      expect(data.readiness).toMatchObject({
        state: 'NO_BOT',
        issues: ['NO_BOT', 'ROUTING_MISSING'],
        stale: true,
        observed_at: NOW.toISOString(),
        age_seconds: 42,
      });
      expect(data.readiness.drift_id).toMatch(/^[0-9a-f-]{36}$/);
    });

    it.each(['"1"', 'W/"1"', '"7", "1"', '*'])('answers 304 without a body to If-None-Match: %s', async (tag) => {
      await declare();
      const answer = await gateway.ask('GET', ONE, { headers: { 'if-none-match': tag } });
      expect([answer.status, answer.text, answer.headers['etag']]).toEqual([304, '', '"1"']);
    });

    it('answers in full when the ETag is another', async () => {
      await declare();
      expect((await gateway.ask('GET', ONE, { headers: { 'if-none-match': '"2"' } })).status).toBe(200);
    });
  });

  const requests = [
    ['GET', ''],
    ['GET', '/plan'],
    ['POST', '/reconcile'],
    ['DELETE', ''],
  ] as const;
  it.each(requests)('%s %s answers for a foreign binding as for a missing one', async (method, suffix) => {
    const missing = await gateway.ask(method, ONE + suffix);
    const stranger = gateway.world.addTenant();
    await gateway.ask('PUT', ONE, { body: { agent_id: stranger.agentId }, apiKey: stranger.apiKey });
    const foreign = await gateway.ask(method, ONE + suffix);
    expect([missing.status, missing.json.error.code]).toEqual([404, 'NOT_FOUND']);
    expect(foreign.text).toBe(missing.text);
    expect(gateway.world.views.size).toBe(1);
  });

  it.each(requests)('%s %s looks only on the connection that is named', async (method, suffix) => {
    await declare();
    const ask = (connection_id: string) =>
      method === 'POST'
        ? gateway.ask(method, ONE + suffix, { body: { connection_id } })
        : gateway.ask(method, `${ONE}${suffix}?connection_id=${connection_id}`);
    expect((await ask(randomUUID())).status).toBe(404);
    expect((await ask('x')).status).toBe(400);
    expect((await ask(gateway.tenant.connectionId)).json.success).toBe(true);
  });

  describe('deleting', () => {
    it('withdraws the declaration, and then it is missing', async () => {
      await declare();
      const answer = await gateway.ask('DELETE', ONE, { headers: { 'content-type': 'application/json' } });
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual({ success: true, data: { key: KEY, deleted: true } });
      expect((await gateway.ask('DELETE', ONE)).status).toBe(404);
    });

    it('keeps it in sight while it is released: 202 with what is done, and again; keep ends that', async () => {
      const declared = { agent_id: gateway.tenant.agentId, release: 'outbound_off' };
      expect((await gateway.ask('PUT', ONE, { body: declared })).json.data).toMatchObject({
        release: 'outbound_off',
        releasing: null,
      });
      for (let nth = 0; nth < 2; nth += 1) {
        const { status, json } = await gateway.ask('DELETE', ONE);
        expect([status, json.data]).toEqual([202, { key: KEY, deleted: false, releasing: 'outbound_off' }]);
      }
      expect((await gateway.ask('GET', ONE)).json.data).toMatchObject({ releasing: 'outbound_off', generation: 2 });
      expect((await gateway.ask('DELETE', `${ONE}?release=off`)).status).toBe(400);
      expect((await gateway.ask('DELETE', `${ONE}?release=keep`)).json.data).toEqual({ key: KEY, deleted: true });
      expect((await gateway.ask('GET', ONE)).status).toBe(404);
    });

    it('is taken back by declaring it again', async () => {
      const body = { agent_id: gateway.tenant.agentId, release: 'unassign_agent' };
      await gateway.ask('PUT', ONE, { body });
      await gateway.ask('DELETE', ONE);
      const { status, json } = await gateway.ask('PUT', ONE, { body });
      expect(status).toBe(200);
      expect(json.data).toMatchObject({ releasing: null, generation: 3 });
    });

    it('keeps it when If-Match names another generation, and says which is current', async () => {
      await declare();
      const answer = await gateway.ask('DELETE', ONE, { headers: { 'if-match': '"4"' } });
      expect(answer.status).toBe(412);
      expect(answer.json.error.message).toContain('generation is 1');
      expect((await gateway.ask('DELETE', ONE, { headers: { 'if-match': '"1"' } })).status).toBe(200);
    });
  });

  it('makes a binding due at once, with or without a body', async () => {
    await declare();
    const answers = [
      await gateway.ask('POST', `${ONE}/reconcile`),
      await gateway.ask('POST', `${ONE}/reconcile`, { body: {} }),
      await gateway.ask('POST', `${ONE}/reconcile`, { headers: { 'content-type': 'application/json' } }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202]);
    expect(answers[0]?.json).toEqual({ success: true, data: { key: KEY, due_at: NOW.toISOString() } });
    expect(gateway.world.triggered).toEqual([KEY, KEY, KEY]);
    expect((await gateway.ask('POST', `${ONE}/reconcile`, { body: { force: true } })).status).toBe(400);
  });

  describe('planning', () => {
    const plan = async () => (await gateway.ask('GET', `${ONE}/plan`)).json.data as PlanDto;

    it('blocks every step before the first observation', async () => {
      await declare();
      const { steps, observed_at: observedAt, state } = await plan();
      expect(steps.map((step) => step.status)).toEqual(Array.from({ length: 6 }, () => 'blocked'));
      expect(steps[0]?.reason).toBe('observation_incomplete');
      expect([observedAt, state]).toEqual([null, 'UNKNOWN']);
    });

    it('says what would be sent, and from how old an observation', async () => {
      await declare();
      observe();
      const answer = await plan();
      expect(answer).toMatchObject({ key: KEY, generation: 1, stale: true, age_seconds: 42 });
      expect(answer.steps).toMatchObject([
        { step: 'resolve_did', status: 'already', data: { did_id: 812, client_id: 415 } },
        { step: 'import_did', status: 'already' },
        { step: 'client_mapping', status: 'already' },
        {
          step: 'ensure_bot',
          status: 'needed',
          action: {
            kind: 'ensure_bot',
            verb: 'create',
            client_id: 415,
            name: `Vocobase +${KEY}`,
            websocket_url: 'wss://default.example.com/ws',
          },
        },
        {
          step: 'ensure_routing',
          status: 'needed',
          action: {
            kind: 'ensure_routing',
            verb: 'create',
            did_id: 812,
            did_number: KEY,
            bot_id: null,
            fields: { for_inbound_call: 1, for_outbound_call: 3, status: 1 },
          },
        },
        { step: 'assign_agent', status: 'already' },
      ]);
    });

    it('skips what mode observe would not do', async () => {
      await declare(KEY, { mode: 'observe' });
      observe();
      const { steps } = await plan();
      expect(steps[3]).toMatchObject({ status: 'skipped', reason: 'mode_observe' });
    });

    it('shows that writes are held, until somebody acknowledges', async () => {
      await declare();
      observe();
      const { connections } = gateway.world;
      const [first] = connections;
      if (first === undefined) throw new Error('no connection');
      connections[0] = { ...first, writesHeld: '40 numbers vanished' };
      expect((await plan()).steps[3]).toMatchObject({ status: 'blocked', reason: 'writes_held' });
      await gateway.ask('POST', `/api/v2/voicelink/connections/${first.id}/acknowledge-hold`);
      expect((await plan()).steps[3]?.status).toBe('needed');
    });
  });

  describe('listing', () => {
    const keys = ['918011223341', '918011223342', '918011223343'];
    const list = async (query = '') => {
      const answer = await gateway.ask('GET', PATH + query);
      const page = answer.json.data as BindingsPageDto;
      return { status: answer.status, keys: page.bindings.map((binding) => binding.key), next: page.next_cursor };
    };
    beforeEach(async () => {
      for (const key of keys) await declare(key);
    });

    it('pages to the end by cursor', async () => {
      const first = await list('?limit=2');
      expect(first.keys).toEqual(keys.slice(0, 2));
      const second = await list(`?limit=2&cursor=${String(first.next)}`);
      expect([second.keys, second.next]).toEqual([keys.slice(2), null]);
    });

    it('shows only what the filters name, and nothing of other partners', async () => {
      const stranger = gateway.world.addTenant();
      await gateway.ask('PUT', ONE, { body: { agent_id: stranger.agentId }, apiKey: stranger.apiKey });
      const other = gateway.world.addAgent(gateway.tenant.partnerId, 'Support Agent');
      await declare(keys[1], { agent_id: other });
      const view = [...gateway.world.views.values()].find(({ binding }) => binding.key === (keys[2] as DidKey));
      if (view !== undefined) gateway.world.store(gateway.tenant.partnerId, drifting(view.readiness));
      expect((await list()).keys).toEqual(keys);
      expect((await list(`?agent_id=${other.toUpperCase()}`)).keys).toEqual([keys[1]]);
      expect((await list('?state=NO_BOT')).keys).toEqual([keys[2]]);
      expect((await list(`?connection_id=${gateway.tenant.connectionId}&state=UNKNOWN`)).keys).toEqual(
        keys.slice(0, 2),
      );
      expect((await list(`?agent_id=${stranger.agentId}`)).keys).toEqual([]);
    });
  });
});
