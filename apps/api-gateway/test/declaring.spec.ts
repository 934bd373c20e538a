import { randomUUID } from 'node:crypto';
import type { BindingDto } from '../src/bindings/bindings.dto';
import { TestGateway } from './gateway';
import { KEY } from './observations';

const PATH = '/api/v2/voicelink/bindings';
const ONE = `${PATH}/${KEY}`;

describe('declaring a binding', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  const declare = (body: object = {}, headers: Record<string, string> = {}, url = ONE) =>
    gateway.ask('PUT', url, { body: { agent_id: gateway.tenant.agentId, ...body }, headers });

  it('answers 201 with its place and ETag, and shows all of it', async () => {
    const answer = await declare({
      client_id: 415,
      bot_name: 'Sales',
      websocket_url: 'wss://bots.example.com/ws',
      mode: 'observe',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ location: ONE, etag: '"1"' });
    expect(answer.json).toEqual({
      success: true,
      data: {
        key: KEY,
        phone_number: `+${KEY}`,
        connection_id: gateway.tenant.connectionId,
        agent: { id: gateway.tenant.agentId, name: 'Sales Agent', deleted: false },
        client_id: 415,
        bot_name: 'Sales',
        websocket_url: 'wss://bots.example.com/ws',
        mode: 'observe',
        release: 'keep',
        releasing: null,
        labels: {},
        manager: null,
        generation: 1,
        observed_generation: 0,
        status: {
          outcome: 'pending',
          message: null,
          attempts: 0,
          last_reconciled_at: null,
          next_reconcile_at: '2026-06-09T10:35:00.000Z',
          last_handled_reconcile_token: null,
          contest: null,
          conditions: expect.any(Array) as unknown[],
        },
        readiness: {
          state: 'UNKNOWN',
          issues: [],
          action_items: [],
          stale: false,
          observed_at: null,
          age_seconds: null,
          drift_id: null,
        },
        advisories: [],
        created_at: '2026-06-09T10:35:00.000Z',
        updated_at: '2026-06-09T10:35:00.000Z',
      },
    });
  });

  it('changes nothing when the same is declared again, also with nulls written out', async () => {
    await declare();
    const again = await declare({
      client_id: null,
      bot_name: null,
      websocket_url: null,
      mode: null,
      connection_id: null,
    });
    expect(again.status).toBe(200);
    expect(again.headers['etag']).toBe('"1"');
    expect(again.headers['location']).toBeUndefined();
  });

  it('raises the generation when something else is declared', async () => {
    await declare();
    const changed = await declare({ client_id: 7 });
    expect([changed.status, changed.headers['etag']]).toEqual([200, '"2"']);
    expect((changed.json.data as BindingDto).client_id).toBe(7);
  });

  it.each([
    ['%2B918011223344', 'with a plus sign'],
    ['8011223344', 'national'],
    ['08011223344', 'with a trunk zero'],
    ['00918011223344', 'with the international prefix'],
    ['91%2080-112%20(23344)', 'with blanks and punctuation'],
    ['tel:+918011223344', 'as a tel URI'],
  ])('takes %s, the number %s, for the same key', async (spelling) => {
    const answer = await declare({}, {}, `${PATH}/${spelling}`);
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe(ONE);
  });

  it.each(['hello', '12', '0', '1234567890123456', '%00', '9'.repeat(900)])(
    'refuses the key %s, which is no phone number',
    async (key) => {
      const answer = await declare({}, {}, `${PATH}/${key}`);
      expect(answer.status).toBe(400);
      expect(answer.json.error.code).toBe('VALIDATION_ERROR');
      expect(answer.json.error.details?.map((detail) => detail.field)).toEqual(['key']);
    },
  );

  const missing = Symbol('left out');
  it.each<[field: string, value: unknown]>([
    ['agent_id', missing],
    ['agent_id', null],
    ['agent_id', 'not-a-uuid'],
    ['agent_id', 5],
    ['agent_id', ['f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55']],
    ['client_id', 0],
    ['client_id', -1],
    ['client_id', 1.5],
    ['client_id', '415'],
    ['client_id', true],
    ['client_id', [415]],
    ['client_id', 2 ** 53],
    ['bot_name', ''],
    ['bot_name', '   '],
    ['bot_name', 'x'.repeat(101)],
    ['bot_name', 'a\u0000b'],
    ['bot_name', 'a\ud800b'],
    ['bot_name', 7],
    ['websocket_url', 'ws://bots.example.com'],
    ['websocket_url', 'https://bots.example.com'],
    ['websocket_url', 'wss://'],
    ['websocket_url', 'wss:///path'],
    ['websocket_url', 'wss://user:secret@bots.example.com'],
    ['websocket_url', 'wss://bots.example.com/#part'],
    ['websocket_url', 'wss://bots.example.com/a b'],
    ['websocket_url', `wss://bots.example.com/${'x'.repeat(2000)}`],
    ['websocket_url', {}],
    ['mode', 'Enforce'],
    ['mode', 1],
    ['connection_id', 'x'],
    ['connectionId', 12],
    ['bogus', 1],
  ])('refuses %s = %p and names the field', async (field, value) => {
    const answer = await declare({ [field]: value === missing ? undefined : value });
    expect(answer.status).toBe(400);
    expect(answer.json.success).toBe(false);
    expect(answer.json.error.code).toBe('VALIDATION_ERROR');
    expect(answer.json.error.details?.map((detail) => detail.field)).toEqual([field]);
    expect(answer.json.error.message).toContain(field);
    expect(gateway.world.views.size).toBe(0);
  });

  it('refuses a number that is too large for JSON', async () => {
    const answer = await gateway.ask('PUT', ONE, {
      payload: `{"agent_id":"${gateway.tenant.agentId}","client_id":1e400}`,
    });
    expect(answer.status).toBe(400);
    expect(answer.json.error.details?.[0]?.field).toBe('client_id');
  });

  it('names every wrong field at once', async () => {
    const answer = await declare({ agent_id: 'x', client_id: 0, mode: 'off' });
    expect(answer.json.error.details?.map((detail) => detail.field).sort()).toEqual(['agent_id', 'client_id', 'mode']);
  });

  it.each(['[]', '"text"', 'null', '5', '[{"agent_id":"x"}]'])(
    'refuses the body %s, which is no object',
    async (payload) => {
      const answer = await gateway.ask('PUT', ONE, { payload });
      expect(answer.status).toBe(400);
      expect(answer.json.error.details?.[0]?.field).toBe('body');
    },
  );

  it('refuses an agent of another partner like a missing one', async () => {
    const stranger = gateway.world.addTenant();
    const foreign = await declare({ agent_id: stranger.agentId });
    const unknown = await declare({ agent_id: randomUUID() });
    expect(foreign.status).toBe(404);
    expect(foreign.json.error.code).toBe('AGENT_NOT_FOUND');
    expect(foreign.json).toEqual(unknown.json);
  });

  describe('on one of several connections', () => {
    it('asks for connection_id with the documented sentence', async () => {
      gateway.world.addConnection(gateway.tenant.partnerId);
      const answer = await declare();
      expect(answer.status).toBe(400);
      expect(answer.json.error).toMatchObject({
        code: 'CONNECTION_AMBIGUOUS',
        message: 'connection_id is required because this partner has multiple active voicelink connections.',
      });
    });

    it.each(['connection_id', 'connectionId'])('takes the one that %s names', async (field) => {
      const second = gateway.world.addConnection(gateway.tenant.partnerId);
      const answer = await declare({ [field]: second.toUpperCase() });
      expect(answer.status).toBe(201);
      expect((answer.json.data as BindingDto).connection_id).toBe(second);
    });

    it('refuses two spellings that contradict each other', async () => {
      const second = gateway.world.addConnection(gateway.tenant.partnerId);
      const answer = await declare({ connection_id: second, connectionId: gateway.tenant.connectionId });
      expect(answer.status).toBe(400);
      expect(answer.json.error.details?.[0]?.field).toBe('connection_id');
    });

    it('refuses a foreign, a disconnected and an unknown connection alike', async () => {
      const { partnerId } = gateway.tenant;
      const disconnected = gateway.world.addConnection(partnerId, { status: 'DISCONNECTED' });
      const foreign = gateway.world.addTenant().connectionId;
      const answers = await Promise.all(
        [disconnected, foreign, randomUUID()].map((connection_id) => declare({ connection_id })),
      );
      expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404]);
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      expect(answers[0]?.json.error.code).toBe('CONNECTION_NOT_FOUND');
    });

    it('tells of the connection before anything else that it cannot be declared for', async () => {
      const { partnerId } = gateway.tenant;
      const vobiz = gateway.world.addConnection(partnerId, { provider: 'vobiz' });
      for (const connection_id of [vobiz, randomUUID()]) {
        const answer = await declare({ connection_id, agent_id: randomUUID() });
        expect([answer.status, answer.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
      }
      expect((await gateway.ask('GET', ONE)).status).toBe(404);
    });

    it('refuses a connection that is disconnected after it was chosen', async () => {
      const store = jest
        .spyOn(gateway.world.bindings, 'declare')
        .mockResolvedValueOnce({ kind: 'connection_not_found' });
      const answer = await declare();
      store.mockRestore();
      expect([answer.status, answer.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
    });

    it('says so when the partner has none at all', async () => {
      const { apiKey, connectionId, agentId } = gateway.world.addTenant();
      const index = gateway.world.connections.findIndex((row) => row.id === connectionId);
      gateway.world.connections.splice(index, 1);
      const answer = await gateway.ask('PUT', ONE, { body: { agent_id: agentId }, apiKey });
      expect([answer.status, answer.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
    });

    it('refuses a number that is declared on another connection, and says on which', async () => {
      const second = gateway.world.addConnection(gateway.tenant.partnerId);
      await declare({ connection_id: second });
      const answer = await declare({ connection_id: gateway.tenant.connectionId });
      expect([answer.status, answer.json.error.code]).toEqual([409, 'CONNECTION_CONFLICT']);
      expect(answer.json.error.message).toContain(second);
    });
  });

  describe('under a precondition', () => {
    it('changes it only from the generation that If-Match names', async () => {
      await declare();
      const late = await declare({ client_id: 1 }, { 'if-match': '"7"' });
      expect([late.status, late.json.error.code]).toEqual([412, 'PRECONDITION_FAILED']);
      expect(late.json.error.message).toContain('generation is 1');
      expect(late.headers['etag']).toBe('"1"');
      expect((await declare({ client_id: 1 }, { 'if-match': '"1"' })).headers['etag']).toBe('"2"');
    });

    it('creates nothing under If-Match: * and changes nothing under If-None-Match: *', async () => {
      const absent = await declare({}, { 'if-match': '*' });
      expect(absent.status).toBe(412);
      expect(absent.json.error.message).toContain('no binding');
      expect((await declare({}, { 'if-none-match': '*' })).status).toBe(201);
      expect((await declare({ client_id: 3 }, { 'if-none-match': '*' })).status).toBe(412);
      expect((await declare({ client_id: 3 }, { 'if-match': '*' })).status).toBe(200);
    });

    it.each(['W/"1"', '"abc"', '"01"', '"1.0"', '""'])(
      'takes the ETag %s for one that matches nothing',
      async (tag) => {
        await declare();
        expect((await declare({ client_id: 9 }, { 'if-match': tag })).status).toBe(412);
      },
    );

    it.each([
      ['if-match', '1'],
      ['if-match', '"1", "2"'],
      ['if-none-match', '"1"'],
    ])('refuses %s: %s', async (name, value) => {
      const answer = await declare({}, { [name]: value });
      expect(answer.status).toBe(400);
      expect(answer.json.error.details?.[0]?.field.toLowerCase()).toBe(name);
    });

    it('refuses both headers at once', async () => {
      expect((await declare({}, { 'if-match': '*', 'if-none-match': '*' })).status).toBe(400);
    });
  });
});
