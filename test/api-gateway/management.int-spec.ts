import { setTimeout as delay } from 'node:timers/promises';
import { didResource } from '@dialtone/engine';
import { type Body as FaultBody } from '../../apps/voicelink-simulator/src/world/fields';
import { BOT, DID, ROUTING, worldOf, type Records } from './documented-world';
import { DEFAULT_WEBSOCKET_URL, GatewayOnSimulator, type Answer, type Ask, type Tenant } from './gateway-on-simulator';

const ROOT = '/api/v2/voicelink';
const NEW_BOT = { bot_name: 'Sales', client_id: 415 };
const NEW_CLIENT = {
  first_name: 'Nila',
  last_name: 'Traders',
  username: 'nila',
  email: 'ops@nila.example',
  password: 'canary-c1ient-pass',
  channel_count: 3,
};
/** Also as the database shows binary columns, and in base64. */
const CANARY = new RegExp(
  `canary|${Buffer.from('canary').toString('hex')}|${Buffer.from('canary').toString('base64')}`,
);
const MAPPING = { client_id: 415, did_id: 812, call_recording: 0 };
const ONLY_ANSWER = { for_inbound_call: 1, for_outbound_call: 4, status: 1 };

describe('VoiceLink management on the simulator', () => {
  let gateway: GatewayOnSimulator;
  let tenant: Tenant;
  let tenants = 0;
  beforeAll(async () => {
    gateway = await GatewayOnSimulator.start();
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    gateway.simulator.simulator.reset({});
    await gateway.forgetRequests();
    load({});
    tenants += 1;
    tenant = await gateway.addTenant(`Partner ${String(tenants)}`);
  });
  afterEach(async () => {
    await gateway.source.query(`update connections set status = 'DISCONNECTED'`);
  });

  const load = (records: Records) => {
    gateway.simulator.simulator.world = worldOf(records);
  };
  const world = () => gateway.simulator.simulator.world;
  const fault = (body: FaultBody) => {
    expect(gateway.simulator.simulator.faults.add({ times: 1, ...body })).not.toHaveProperty('errors');
  };
  const ask = (method: 'GET' | 'PUT' | 'POST', path: string, how: Ask = {}): Promise<Answer> =>
    gateway.ask(method, `${ROOT}/${path}`, { apiKey: tenant.apiKey, ...how });
  const post = (path: string, body: object, key?: string, how: Ask = {}) =>
    ask('POST', path, { body, ...(key !== undefined && { headers: { 'idempotency-key': key } }), ...how });
  const summary = ({ status, json }: Answer) => [status, json.success ? 'ok' : json.error.code];
  const written = () =>
    gateway.source.query<Readonly<Record<string, unknown>>[]>(
      `select target, step, state, actor, request_id, body, answer from upstream_writes where connection_id = $1 order by id`,
      [tenant.connectionId],
    );
  const rows = ({ json }: Answer) => json.data['data'] as readonly Readonly<Record<string, unknown>>[];

  describe('the documented requests', () => {
    it('creates call routing as in the documented example', async () => {
      load({ routings: [] });
      const answer = await gateway.ask('POST', '/api/v2/voicelink/call-routing', {
        apiKey: tenant.apiKey,
        headers: { 'content-type': 'application/json' },
        body: {
          connection_id: tenant.connectionId,
          did_id: 812,
          for_inbound_call: 1,
          for_outbound_call: 3,
          outbound_websocket_bot_id: 93,
          status: 1,
        },
      });
      expect(answer.status).toBe(201);
      expect(answer.json).toEqual({
        success: true,
        data: { status: true, message: 'Call routing created successfully.', data: { id: 120 } },
      });
      expect(world().routingOf(812)).toEqual(ROUTING);
    });

    it('updates call routing, and replaces all of it', async () => {
      const answer = await post('call-routing/120', { ...ONLY_ANSWER, status: 0 });
      expect(summary(answer)).toEqual([200, 'ok']);
      expect(world().routing(120)).toEqual({ ...ROUTING, forOutboundCall: 4, outboundBotId: null, status: 0 });
    });

    it('creates call routing by number', async () => {
      load({ routings: [] });
      const answer = await post('call-routing', {
        did_number: '+91 80112 23344',
        for_inbound_call: 1,
        for_outbound_call: 4,
      });
      expect(summary(answer)).toEqual([201, 'ok']);
      expect(world().routingOf(812)?.status).toBe(1);
    });

    it('creates, lists and updates clients', async () => {
      expect(summary(await post('clients', { ...NEW_CLIENT, phone: '+919876543210' }))).toEqual([201, 'ok']);
      expect(world().clients.get(416)).toMatchObject({ username: 'nila', channelCount: 3, phone: '+919876543210' });
      const found = await ask('GET', 'clients?search=nila&status=1&per_page=10&page=1');
      expect(rows(found)).toMatchObject([
        { id: 416, first_name: 'Nila', last_name: 'Traders', username: 'nila', status: 1, channel_count: 3 },
      ]);
      expect(summary(await post('clients/416', { channel_count: 4, is_active: 0 }))).toEqual([200, 'ok']);
      expect(world().clients.get(416)).toMatchObject({ firstName: 'Nila', channelCount: 4, isActive: 0 });
      expect(summary(await post('clients/999', { channel_count: 4 }))).toEqual([404, 'VOICELINK_NOT_FOUND']);
    });

    it('lists purchased and available DIDs, and maps one', async () => {
      load({ dids: [{ ...DID, clientId: null, userStatus: 1 }], routings: [] });
      expect(rows(await ask('GET', 'dids/available'))).toMatchObject([{ did_id: 812, user_status: 1 }]);
      const mapped = await post('dids/map', { ...MAPPING, user_status: 2, user_expiry_date: '2030-01-31' });
      expect(summary(mapped)).toEqual([200, 'ok']);
      expect(world().did(812)).toMatchObject({ clientId: 415, callRecording: 0, userExpiryDate: '2030-01-31' });
      expect(rows(await ask('GET', 'dids/available'))).toEqual([]);
      const purchased = await ask('GET', 'dids/purchased?client_id=415&per_page=10&page=1');
      expect(rows(purchased)).toMatchObject([{ id: 812, did_id: 812, did_number: '918011223344', client_id: 415 }]);
      expect(purchased.json.data).toMatchObject({ total: 1, last_page: 1, current_page: 1, per_page: 10 });
    });

    it('creates, lists and updates bots; a new one points to the configured endpoint', async () => {
      load({ bots: [] });
      expect(summary(await post('bots', NEW_BOT))).toEqual([201, 'ok']);
      expect(world().bots.get(93)).toMatchObject({ name: 'Sales', websocketUrl: DEFAULT_WEBSOCKET_URL, status: 1 });
      load({ bots: [BOT] });
      const listed = await ask('GET', 'bots?client_id=415&status=1&per_page=1000&page=1&search=vocobase');
      expect(rows(listed)).toMatchObject([
        { id: 93, bot_name: BOT.name, client_id: 415, websocket_url: BOT.websocketUrl },
      ]);
      const update = { bot_name: 'New', websocket_url: 'wss://new.example/ws', status: 0 };
      expect(summary(await post('bots/93', update))).toEqual([200, 'ok']);
      expect(world().bots.get(93)).toEqual({ ...BOT, name: 'New', websocketUrl: 'wss://new.example/ws', status: 0 });
    });

    it('lists call routing, with the rows where all lists have them', async () => {
      const answer = await ask('GET', `call-routing?connection_id=${tenant.connectionId}&client_id=415`);
      expect(rows(answer)).toMatchObject([
        { id: 120, did_id: 812, for_outbound_call: 3, outbound_websocket_bot_id: 93 },
      ]);
    });
  });

  describe('what VoiceLink refuses', () => {
    it.each([
      { what: 'a field', path: 'bots', body: { ...NEW_BOT, client_id: 999 }, fields: ['client_id'] },
      { what: 'a second routing record', path: 'call-routing', body: { did_id: 812, ...ONLY_ANSWER }, fields: [] },
      {
        what: 'a mode without meaning',
        path: 'call-routing/120',
        body: { ...ONLY_ANSWER, for_inbound_call: 0 },
        fields: ['for_inbound_call'],
      },
    ])('$what', async ({ path, body, fields }) => {
      const answer = await post(path, body);
      expect(summary(answer)).toEqual([422, 'VOICELINK_VALIDATION']);
      expect((answer.json.error.details ?? []).map(({ field }) => field)).toEqual(fields);
    });

    it('a record that is not there', async () => {
      expect(summary(await post('call-routing/999', ONLY_ANSWER))).toEqual([404, 'VOICELINK_NOT_FOUND']);
    });

    it('credentials', async () => {
      await gateway.source.query(`update connections set status = 'DISCONNECTED' where id = $1`, [tenant.connectionId]);
      await gateway.addConnection(tenant.partnerId, 'canary-wrong-login');
      for (const answer of [await ask('GET', 'bots'), await post('bots', NEW_BOT)]) {
        expect(summary(answer)).toEqual([502, 'VOICELINK_UNAUTHORIZED']);
        expect(answer.text).not.toContain('canary');
      }
      expect(gateway.log.join('')).not.toContain('canary-wrong-login');
    });
  });

  describe('when VoiceLink misbehaves', () => {
    it.each([
      ['bots.list', { kind: 'html', times: 9 }, [503, 'VOICELINK_UNAVAILABLE'], undefined],
      ['bots.list', { kind: 'status', status: 502, times: 9 }, [503, 'VOICELINK_UNAVAILABLE'], undefined],
      ['bots.list', { kind: 'timeout_before', times: 9 }, [504, 'VOICELINK_TIMEOUT'], undefined],
      ['bots.list', { kind: 'rate_limit', retry_after: 30, times: 9 }, [429, 'VOICELINK_RATE_LIMITED'], '30'],
      ['bots.list', { kind: 'status_false' }, [422, 'VOICELINK_VALIDATION'], undefined],
      ['bots.list', { kind: 'token_revoked' }, [200, 'ok'], undefined],
      ['bots.list', { kind: 'status', status: 503 }, [200, 'ok'], undefined],
      ['login', { kind: 'status', status: 500, times: 9 }, [503, 'VOICELINK_UNAVAILABLE'], undefined],
    ])('a read: %s %j', async (endpoint, kind, want, retryAfter) => {
      fault({ endpoint, ...kind });
      const answer = await ask('GET', 'bots');
      expect(summary(answer)).toEqual(want);
      expect(answer.headers['retry-after']).toBe(retryAfter);
    });

    it.each([
      [{ kind: 'timeout_after' }, [504, 'VOICELINK_OUTCOME_UNKNOWN'], 1],
      [{ kind: 'timeout_before' }, [504, 'VOICELINK_OUTCOME_UNKNOWN'], 0],
      [{ kind: 'timeout_after', ms: 50 }, [504, 'VOICELINK_OUTCOME_UNKNOWN'], 1],
      [{ kind: 'html' }, [504, 'VOICELINK_OUTCOME_UNKNOWN'], 0],
      [{ kind: 'status', status: 500 }, [504, 'VOICELINK_OUTCOME_UNKNOWN'], 0],
      [{ kind: 'rate_limit', retry_after: 7 }, [429, 'VOICELINK_RATE_LIMITED'], 0],
      [{ kind: 'status_false', message: 'No.' }, [422, 'VOICELINK_VALIDATION'], 0],
      [{ kind: 'token_revoked' }, [201, 'ok'], 1],
    ])('a write: %j', async (kind, want, made) => {
      load({ routings: [] });
      fault({ endpoint: 'routing.create', ...kind });
      const answer = await post('call-routing', { did_id: 812, ...ONLY_ANSWER }, 'once');
      expect(summary(answer)).toEqual(want);
      expect(world().routings).toHaveLength(made);
      if (kind.kind === 'rate_limit') expect(answer.headers['retry-after']).toBe('7');
      if (want[1] === 'VOICELINK_OUTCOME_UNKNOWN') {
        expect(answer.json.error.message).toMatch(/not known/);
        const again = await post('call-routing', { did_id: 812, ...ONLY_ANSWER }, 'once');
        expect([again.status, again.text]).toEqual([answer.status, answer.text]);
        expect(world().routings).toHaveLength(made);
      }
    });

    const passed = (seconds: number) =>
      gateway.source.query(`update upstream_writes set started_at = started_at - $1 * interval '1 second'`, [seconds]);

    it('lets nobody make another bot before a late one must have come, neither callers nor the reconciler', async () => {
      load({ bots: [], routings: [] });
      await ask('PUT', 'bindings/918011223344', { body: { agent_id: tenant.agentId } });
      fault({ endpoint: 'bots.create', kind: 'late_effect', ms: 4_000 });
      expect(summary(await post('bots', NEW_BOT))).toEqual([504, 'VOICELINK_OUTCOME_UNKNOWN']);
      const busy = await post('bots', { ...NEW_BOT, bot_name: 'Next' });
      expect(summary(busy)).toEqual([409, 'RESOURCE_BUSY']);
      expect(Number(busy.headers['retry-after'])).toBeGreaterThan(3);
      const outcomes = (await gateway.engine.claim(5)).map((claimed) => gateway.engine.reconcile(claimed));
      expect(await Promise.all(outcomes)).toMatchObject([
        { kind: 'progressing', reason: expect.stringMatching('bot-create:415') as string },
      ]);
      for (let tries = 0; tries < 1_000 && world().bots.rows.length === 0; tries += 1) await delay(20);
      expect(world().bots.rows.map(({ name }) => name)).toEqual(['Sales']);
      await passed(60);
      expect(summary(await post('bots', { ...NEW_BOT, bot_name: 'Next' }))).toEqual([201, 'ok']);
      await gateway.sweep();
      expect(await written()).toMatchObject([{ state: 'applied' }, { state: 'done' }]);
    });

    it('says of a write that was never answered that it had no effect, once that is certain', async () => {
      fault({ endpoint: 'clients.create', kind: 'timeout_before' });
      await post('clients', NEW_CLIENT);
      await gateway.source.query(`update connections set sweep_due_at = now()`);
      await gateway.sweep();
      expect(await written()).toMatchObject([{ state: 'unknown' }]);
      await passed(60);
      await gateway.source.query(`update connections set sweep_due_at = now()`);
      await gateway.sweep();
      expect(await written()).toMatchObject([{ target: 'client-create:nila', state: 'not_applied' }]);
    });
  });

  describe('Idempotency-Key', () => {
    it('makes one bot of many simultaneous requests, over two gateways', async () => {
      const second = await gateway.another();
      fault({ endpoint: 'bots.create', kind: 'latency', ms: 300 });
      const answers = await Promise.all(
        [1, 2, 3, 4, 5, 6, 7, 8].map((nth) => post('bots', NEW_BOT, 'once', nth % 2 === 0 ? { app: second } : {})),
      );
      await second.close();
      expect(answers.map(summary)).toEqual(Array(8).fill([201, 'ok']));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(7);
      expect(world().bots.rows).toHaveLength(2);
    });

    it('is one request: another body is refused, another partner has keys of its own', async () => {
      await post('bots', NEW_BOT, 'once');
      expect(summary(await post('bots', { ...NEW_BOT, bot_name: 'x' }, 'once'))).toEqual([
        409,
        'IDEMPOTENCY_KEY_REUSED',
      ]);
      tenant = await gateway.addTenant('Neighbour');
      expect(summary(await post('bots', { ...NEW_BOT, bot_name: 'x' }, 'once'))).toEqual([201, 'ok']);
    });

    it('makes a duplicate wait for a slow answer, also for one that says that nothing is known', async () => {
      fault({ endpoint: 'bots.create', kind: 'timeout_before' });
      const slow = post('bots', NEW_BOT, 'once');
      const duplicate = await post('bots', NEW_BOT, 'once');
      expect(summary(await slow)).toEqual([504, 'VOICELINK_OUTCOME_UNKNOWN']);
      expect(duplicate.text).toBe((await slow).text);
    });

    const leftByCrash = (committed: boolean) =>
      gateway.source.query(
        `update idempotency_keys set status = null, headers = null, body = null, committed = $2, running_until = now()
          where partner_id = $1`,
        [tenant.partnerId, committed],
      );

    it('does not repeat a write whose gateway died after it may have been sent', async () => {
      await post('bots', NEW_BOT, 'once');
      await leftByCrash(true);
      const again = await post('bots', NEW_BOT, 'once');
      expect(summary(again)).toEqual([409, 'IDEMPOTENCY_OUTCOME_UNKNOWN']);
      expect(again.json.error.message).toMatch(/not known/);
      expect(world().bots.rows).toHaveLength(2);
    });

    it('repeats a write whose gateway died before that', async () => {
      await post('bots', NEW_BOT, 'once');
      await leftByCrash(false);
      expect(summary(await post('bots', NEW_BOT, 'once'))).toEqual([201, 'ok']);
      expect(world().bots.rows).toHaveLength(3);
    });

    it('covers declarations as well', async () => {
      const declare = () =>
        ask('PUT', 'bindings/918011223344', {
          body: { agent_id: tenant.agentId },
          headers: { 'idempotency-key': 'once' },
        });
      const [first, again] = [await declare(), await declare()];
      expect([first.status, again.status, again.text === first.text]).toEqual([201, 201, true]);
      expect(again.headers).toMatchObject({ etag: '"1"', 'idempotency-replayed': 'true' });
    });
  });

  describe('the journal', () => {
    it('has every write, with the API key and the request that asked for it', async () => {
      load({ dids: [{ ...DID, clientId: null, userStatus: 1 }], routings: [] });
      const asked = [
        ['clients', NEW_CLIENT, 'client-create:nila'],
        ['clients/416', { channel_count: 4 }, 'client-update:416'],
        ['dids/map', MAPPING, 'map:812'],
        ['bots', NEW_BOT, 'bot-create:415'],
        ['bots/93', { bot_name: 'b', websocket_url: 'wss://b.example', status: 1 }, 'bot-update:93'],
        ['call-routing', { did_id: 812, ...ONLY_ANSWER }, 'routing-create:812'],
        ['call-routing/120', ONLY_ANSWER, 'routing-update:120'],
      ] as const;
      for (const [path, body] of asked) {
        expect((await post(path, body, undefined, { headers: { 'x-request-id': `for-${path}` } })).json.success).toBe(
          true,
        );
      }
      expect(await written()).toMatchObject(
        asked.map(([path, , target]) => ({ target, step: 'request', state: 'done', request_id: `for-${path}` })),
      );
      const [{ actor }] = (await written()) as [{ actor: string }];
      expect(tenant.apiKey).toContain(actor);
      expect(JSON.stringify(await written())).not.toContain('canary');
    });

    it('while writes are held has what is asked for as it is, which is sent, and not what would be decided here', async () => {
      load({ routings: [] });
      await gateway.stores.voiceLinkConnections.holdWrites(tenant.connectionId, 'too much broke');
      const callReady = await post('call-ready', { did_id: 812, agent_id: tenant.agentId });
      expect(callReady.json.data).toMatchObject({ ready: false });
      expect(callReady.text).toContain('Acknowledge the hold');
      expect(summary(await post('call-routing', { did_id: 812, ...ONLY_ANSWER }))).toEqual([201, 'ok']);
      expect(await written()).toMatchObject([{ target: 'routing-create:812', state: 'done' }]);
    });
  });

  it('stores and logs no password', async () => {
    await post('clients', NEW_CLIENT, 'once');
    await post('clients/416', { password: 'canary-c1ient-pass', channel_count: 2 }, 'twice');
    expect(world().clients.get(416)).toMatchObject({ channelCount: 2 });
    const tables = await gateway.source.query<{ name: string }[]>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    for (const { name } of tables) {
      const found = await gateway.source.query<{ row: string }[]>(
        `select row_to_json(t)::text as row from "${name}" t`,
      );
      expect(found.filter(({ row }) => CANARY.test(row))).toEqual([]);
    }
    expect(gateway.log.join('')).not.toContain('canary');
  });

  describe('beside the reconciler', () => {
    const declareAndSettle = async () => {
      await ask('PUT', 'bindings/918011223344', { body: { agent_id: tenant.agentId } });
      await gateway.sweep();
      for (const claimed of await gateway.engine.claim(5)) await gateway.engine.reconcile(claimed);
      const binding = await ask('GET', 'bindings/918011223344');
      expect(binding.json.data).toMatchObject({ status: { outcome: 'settled' }, readiness: { state: 'READY' } });
    };
    const readiness = async () =>
      ((await ask('GET', 'readiness')).json.data['readiness'] as readonly { state: string }[])[0]?.state;

    it('does not write to a number that somebody is working on', async () => {
      await gateway.sweep();
      const resource = didResource(tenant.connectionId, '918011223344');
      const lease = await gateway.stores.leases.acquire(resource, 'reconciler', 60_000);
      if (lease === null) throw new Error('nobody else can have it');
      const answers = await Promise.all([
        post('call-routing/120', ONLY_ANSWER),
        post('dids/map', MAPPING),
        post('call-routing', { did_number: '918011223344', ...ONLY_ANSWER }),
      ]);
      expect(answers.map(summary)).toEqual(Array(3).fill([409, 'RESOURCE_BUSY']));
      expect(Number(answers[0].headers['retry-after'])).toBeGreaterThan(0);
      expect(gateway.simulator.simulator.journal.entries).toEqual([]);
      await gateway.stores.leases.release(lease);
      expect(summary(await post('call-routing/120', ONLY_ANSWER))).toEqual([200, 'ok']);
    });

    it('has a declared number looked at, and repaired, at once', async () => {
      await declareAndSettle();
      expect(await gateway.engine.claim(5)).toEqual([]);
      await post('call-routing/120', ONLY_ANSWER);
      const due = await gateway.engine.claim(5);
      expect(due.map(({ binding }) => binding.key)).toEqual(['918011223344']);
      for (const claimed of due) await gateway.engine.reconcile(claimed);
      expect(world().routing(120)).toEqual(ROUTING);
    });

    it('has an undeclared number looked at by a sweep at once', async () => {
      await gateway.sweep();
      const before = await readiness();
      await post('call-routing/120', ONLY_ANSWER);
      await gateway.sweep();
      expect([before, await readiness()]).toEqual(['NOT_IMPORTED', 'NOT_IMPORTED']);
      const { json } = await ask('GET', 'readiness');
      expect(json.data['readiness']).toMatchObject([
        { issues: expect.arrayContaining(['ROUTING_CHANGED']) as unknown },
      ]);
    });
  });

  it('does not tell a foreign or disconnected connection from a missing one', async () => {
    const foreign = (await gateway.addTenant(`Foreigner ${String(tenants)}`)).connectionId;
    const gone = await gateway.addConnection(tenant.partnerId);
    await gateway.source.query(`update connections set status = 'DISCONNECTED' where id = $1`, [gone]);
    const ids = ['9b7f1c44-c87f-4f0c-9124-3c802a9c1a20', foreign, gone];
    const answers = await Promise.all(
      ids.flatMap((id) => [ask('GET', `bots?connectionId=${id}`), post('bots', { ...NEW_BOT, connection_id: id })]),
    );
    expect(new Set(answers.map(({ status, text }) => `${String(status)} ${text}`)).size).toBe(1);
    expect(answers.map(summary)).toEqual(Array(6).fill([404, 'CONNECTION_NOT_FOUND']));
    await gateway.addConnection(tenant.partnerId);
    expect(summary(await ask('GET', 'bots'))).toEqual([400, 'CONNECTION_AMBIGUOUS']);
  });
});
