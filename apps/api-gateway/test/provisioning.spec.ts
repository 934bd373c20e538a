import type { KeyObservation, RemoteBot, RemoteClient, Snapshot } from '@dialtone/domain';
import type { CallReadyOutcome, SyncOutcome } from '@dialtone/engine';
import { aBot } from '@dialtone/testing';
import type { CallReadyDto, SyncDto } from '../src/provisioning/answers.dto';
import { TestGateway } from './gateway';
import { EMPTY_VIEW, reportOf, rowOf, SEEN_AT } from './memory-provisioner';
import { NOW } from './memory-bindings';
import { KEY, readyObservation } from './memory-world';

const SYNC = '/api/v2/voicelink/sync';
const CALL_READY = '/api/v2/voicelink/call-ready';
const ID = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';

describe('provisioning', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  const sync = (body?: object) => gateway.ask('POST', SYNC, body === undefined ? {} : { body });
  const callReady = (body: object) => gateway.ask('POST', CALL_READY, { body });
  /** What sync answers when VoiceLink lists this. */
  const syncOf = (snapshot: Snapshot) => {
    gateway.world.provisioner.synced = { kind: 'synced', view: { ...EMPTY_VIEW, snapshot } };
    return sync({});
  };
  const answerWith = (outcome: SyncOutcome & CallReadyOutcome): void => {
    gateway.world.provisioner.synced = outcome;
    gateway.world.provisioner.finished = outcome;
  };

  describe('what is asked for', () => {
    it.each([
      ['nothing', undefined, true],
      ['an empty body', {}, true],
      ['import_dids true', { import_dids: true }, true],
      ['import_dids false', { import_dids: false }, false],
    ])('sync with %s', async (_name, body, importDids) => {
      expect((await sync(body)).status).toBe(200);
      const { connectionId } = gateway.tenant;
      expect(gateway.world.provisioner.asked).toEqual([{ connectionId, importDids }]);
    });

    it.each(['connection_id', 'connectionId'])('on a connection named by %s', async (name) => {
      const other = gateway.world.addConnection(gateway.tenant.partnerId);
      expect((await sync({ [name]: other })).status).toBe(200);
      expect((await callReady({ [name]: other, did_id: 812 })).status).toBe(200);
      expect(gateway.world.provisioner.asked).toMatchObject([{ connectionId: other }, { connectionId: other }]);
    });

    it('call-ready with everything, under the name of the API key and of the request', async () => {
      const { agentId, connectionId, apiKey } = gateway.tenant;
      const answer = await callReady({
        did_number: '+91 80112-23344',
        client_id: 415,
        agent_id: agentId.toUpperCase(),
        bot_name: 'Größe 📞',
        websocket_url: 'wss://bots.example.com/ws',
      });
      expect(answer.status).toBe(200);
      const requestId = answer.headers['x-request-id'];
      expect(gateway.world.provisioner.asked).toEqual([
        {
          connectionId,
          did: { key: KEY },
          clientId: 415,
          agentId,
          botName: 'Größe 📞',
          websocketUrl: 'wss://bots.example.com/ws',
          actor: apiKey.slice(8, 16),
          requestId,
        },
      ]);
    });

    it.each([
      [{ did_id: 812 }, { didId: 812 }],
      [{ did_id: Number.MAX_SAFE_INTEGER }, { didId: Number.MAX_SAFE_INTEGER }],
      [{ did_number: '08011223344' }, { key: KEY }],
      [{ did_number: '8011223344' }, { key: KEY }],
    ])('call-ready with only %j', async (body, did) => {
      expect((await callReady(body)).status).toBe(200);
      expect(gateway.world.provisioner.asked).toEqual([
        expect.objectContaining({ did, clientId: null, agentId: null, botName: null, websocketUrl: null }),
      ]);
    });
  });

  describe('what is refused', () => {
    const WRONG_IDS = [0, -1, 1.5, '812', true, null, 2 ** 53, [812], {}];
    const wrong: (readonly [string, string, unknown])[] = [
      ...[0, 1, 'true', null, [], {}].map((value) => [SYNC, 'import_dids', value] as const),
      ...[SYNC, CALL_READY].map((path) => [path, 'connection_id', 'mine'] as const),
      ...[SYNC, CALL_READY].map((path) => [path, 'unheard_of', 1] as const),
      ...WRONG_IDS.map((value) => [CALL_READY, 'did_id', value] as const),
      ...WRONG_IDS.map((value) => [CALL_READY, 'client_id', value] as const),
      ...['', '12', 'call me', 918011223344, null, '9'.repeat(41)].map(
        (value) => [CALL_READY, 'did_number', value] as const,
      ),
      ...['', 'x', 7, null].map((value) => [CALL_READY, 'agent_id', value] as const),
      ...['', '  ', 'a\nb', 7, null, 'x'.repeat(101)].map((value) => [CALL_READY, 'bot_name', value] as const),
      ...['', 'ws://bots.example.com', 'https://bots.example.com', 'wss://u:p@bots.example.com', null].map(
        (value) => [CALL_READY, 'websocket_url', value] as const,
      ),
    ];

    it.each(wrong)('%s with %s %j', async (path, field, value) => {
      const given = path === CALL_READY && !field.startsWith('did_') ? { did_id: 812 } : {};
      const answer = await gateway.ask('POST', path, { body: { ...given, [field]: value } });
      expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
      expect(answer.json.error.details?.map((detail) => detail.field)).toEqual([field]);
      expect(answer.json.error.message).toContain(field);
      expect(gateway.world.provisioner.asked).toEqual([]);
    });

    it.each([
      ['neither did_id nor did_number', {}, 'did_id'],
      ['both', { did_id: 812, did_number: '918011223344' }, 'did_number'],
    ])('call-ready with %s', async (_name, body, field) => {
      const answer = await callReady(body);
      expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
      expect(answer.json.error.details).toMatchObject([{ field }]);
      expect(answer.json.error.message).toMatch(/did_id.*did_number/);
    });

    it('a body that is no object, or none at all where a number must be named', async () => {
      expect((await gateway.ask('POST', SYNC, { payload: '[]' })).json.error.code).toBe('VALIDATION_ERROR');
      expect((await gateway.ask('POST', CALL_READY)).json.error.code).toBe('VALIDATION_ERROR');
    });

    it('an agent of another partner, exactly like one that does not exist', async () => {
      const stranger = gateway.world.addTenant();
      const answers = await Promise.all(
        [stranger.agentId, ID].map((agent) => callReady({ did_id: 812, agent_id: agent })),
      );
      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
      expect(answers[0]?.json.error).toEqual(answers[1]?.json.error);
      expect(answers[0]?.json.error).toMatchObject({ code: 'AGENT_NOT_FOUND', details: [{ field: 'agent_id' }] });
      expect(gateway.world.provisioner.asked).toEqual([]);
    });

    it.each([SYNC, CALL_READY])(
      '%s on a connection of another partner, or without choosing one of several',
      async (path) => {
        const ask = (body: object) =>
          gateway.ask('POST', path, { body: path === SYNC ? body : { did_id: 812, ...body } });
        const stranger = gateway.world.addTenant();
        const answers = await Promise.all([stranger.connectionId, ID].map((id) => ask({ connection_id: id })));
        expect(answers.map(({ status, json }) => [status, json.error.code])).toEqual([
          [404, 'CONNECTION_NOT_FOUND'],
          [404, 'CONNECTION_NOT_FOUND'],
        ]);
        expect(answers[0]?.json).toEqual(answers[1]?.json);
        gateway.world.addConnection(gateway.tenant.partnerId);
        expect((await ask({})).json.error.code).toBe('CONNECTION_AMBIGUOUS');
      },
    );

    it.each([SYNC, CALL_READY])('%s while somebody else is at it, with the time to wait', async (path) => {
      answerWith({ kind: 'busy', retryAfterMs: 4_200 });
      const answer = await gateway.ask('POST', path, { body: path === SYNC ? {} : { did_id: 812 } });
      expect([answer.status, answer.json.error.code, answer.headers['retry-after']]).toEqual([
        409,
        'RESOURCE_BUSY',
        '5',
      ]);
      // A sync may have imported before somebody took over.
      expect(answer.json.error.message.includes('nothing was done')).toBe(path === CALL_READY);
    });

    it.each([SYNC, CALL_READY])('%s on a connection that was disconnected just now', async (path) => {
      answerWith({ kind: 'disconnected' });
      const answer = await gateway.ask('POST', path, { body: path === SYNC ? {} : { did_id: 812 } });
      expect([answer.status, answer.json.error.code]).toEqual([503, 'VOICELINK_UNAVAILABLE']);
    });

    it('sync with credentials that VoiceLink refuses', async () => {
      gateway.world.provisioner.synced = { kind: 'unauthorized', message: 'POST /v1/auth/login: HTTP 401' };
      const answer = await sync({});
      expect([answer.status, answer.json.error.code]).toEqual([502, 'VOICELINK_UNAUTHORIZED']);
      expect(answer.json.error.message).toContain('HTTP 401');
    });
  });

  describe('what is answered', () => {
    const client: RemoteClient = {
      id: 415,
      username: 'asha.rao',
      active: true,
      raw: { id: 415, first_name: 'Asha', email: 'asha@example.com', channel_count: '5', api_token: 'hush', dids: [] },
    };
    const complete = <Row>(...rows: readonly Row[]) => ({ status: 'complete', rows }) as const;
    const wired = (): KeyObservation => readyObservation(KEY, gateway.tenant.agentId);
    const unwired = (): KeyObservation => ({ ...wired(), bots: [], routing: null });
    const show = async (observation: KeyObservation): Promise<SyncDto> => {
      const { did, bots, routing } = observation;
      const row = rowOf(observation);
      gateway.world.provisioner.synced = {
        kind: 'synced',
        view: {
          snapshot: {
            ...EMPTY_VIEW.snapshot,
            startedAt: observation.observedAt,
            clients: complete(client),
            dids: complete(...(did === null ? [] : [did])),
            bots: complete(...bots),
            routing: complete(...(routing === null ? [] : [routing])),
          },
          localNumbers: row === null ? [] : [row],
          keys: [reportOf(observation)],
          warnings: [{ section: 'available_dids', code: 'FETCH_FAILED', message: 'HTTP 502' }],
        },
      };
      return (await sync()).json.data;
    };

    it('each section in the documented rows, and no secret of a record', async () => {
      const data = await show(wired());
      expect(Object.keys(data)).toEqual([
        'clients',
        'dids',
        'available_dids',
        'bots',
        'routing',
        'local_phone_numbers',
        'readiness',
        'drift',
        'warnings',
      ]);
      expect(data.clients).toEqual([
        {
          id: 415,
          first_name: 'Asha',
          last_name: null,
          username: 'asha.rao',
          email: 'asha@example.com',
          status: 1,
          channel_count: 5,
          raw: { ...client.raw, api_token: '[redacted]' },
        },
      ]);
      expect(data.dids).toMatchObject([{ id: 9812, did_id: 812, client_id: 415, status: 'active' }]);
      expect(data.bots).toEqual([{ id: 93, name: 'Vocobase', status: 1, raw: { b: 1 } }]);
      expect(data.routing).toMatchObject([{ id: 120, for_inbound_call: 1, outbound_websocket_bot_id: 93 }]);
      expect(data.local_phone_numbers).toEqual([
        {
          id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970',
          phone_number: `+${KEY}`,
          friendly_name: KEY,
          status: 'ACTIVE',
          is_default: false,
          inbound_enabled: true,
          agent: { id: gateway.tenant.agentId, name: 'Sales Agent' },
          created_at: NOW.toISOString(),
          updated_at: NOW.toISOString(),
        },
      ]);
      expect(data.warnings).toEqual([{ section: 'available_dids', code: 'FETCH_FAILED', message: 'HTTP 502' }]);
    });

    it('an error when the first rows cannot be made, and nothing whole when later ones cannot', async () => {
      const unreadable = {
        ...aBot(),
        get raw(): never {
          throw new Error('defect');
        },
      };
      const withBots = (rows: readonly RemoteBot[]) =>
        syncOf({ ...EMPTY_VIEW.snapshot, bots: { status: 'complete', rows } });
      const many = Array.from({ length: 2000 }, () => aBot());
      expect(await withBots([aBot(), unreadable])).toMatchObject({ status: 500 });
      await expect(withBots([...many, unreadable])).rejects.toThrow();
      expect((await withBots(many)).json.data).toMatchObject({ bots: { length: many.length } });
    });

    it('no drift of a number that is ready, or of which nothing is known', async () => {
      const ready = await show(wired());
      expect([ready.readiness[0]?.state, ready.drift]).toEqual(['READY', []]);
      const unknown = await show({ ...wired(), unknown: ['dids'] });
      expect([unknown.readiness[0]?.state, unknown.drift]).toEqual(['UNKNOWN', []]);
    });

    it('drift with the first action, and the ids that are known', async () => {
      const data = await show(unwired());
      expect(data.readiness[0]?.actions).toHaveLength(2);
      expect(data.drift).toEqual([
        {
          key: KEY,
          phone_number: `+${KEY}`,
          state: 'NO_BOT',
          action: 'Create an active VoiceLink WebSocket bot for the mapped client',
          did_id: 812,
          client_id: 415,
          local_phone_number_id: '0be141f3-f72c-4630-b3bc-a0a5f59bf970',
        },
      ]);
    });

    it('a status code of VoiceLink by its label', async () => {
      const { did } = wired();
      if (did === null) throw new Error('no DID');
      const labelled = { ...did, status: '1', raw: { status: 1, status_label: 'Active ' } };
      expect((await show({ ...wired(), did: labelled })).dids[0]?.status).toBe('active');
      expect((await show({ ...wired(), did: { ...did, status: '1', raw: {} } })).dids[0]?.status).toBe('1');
    });

    it.each([
      ['the mark of VoiceLink, whatever the date', { isExpired: false, expiresAt: 0 }, false],
      ['a date that has passed, where there is no mark', { isExpired: null, expiresAt: SEEN_AT - 1 }, true],
      ['a date to come, where there is no mark', { isExpired: null, expiresAt: SEEN_AT + 1 }, false],
      ['neither', { isExpired: null, expiresAt: null }, false],
    ])('whether a number is expired by %s', async (_name, given, want) => {
      const { did } = wired();
      if (did === null) throw new Error('no DID');
      const data = await show({ ...wired(), observedAt: SEEN_AT, did: { ...did, ...given } });
      expect(data.dids[0]?.is_expired).toBe(want);
      expect(data.readiness[0]?.remote_did?.is_expired).toBe(want);
      expect(data.readiness[0]?.state).toBe(want ? 'REMOTE_DID_EXPIRED' : 'READY');
    });

    it('secrets of records however deep they are, and whatever they are called', async () => {
      const raw = {
        trunk: [{ registration_password: 'hush', Password: 'hush', secret: { inner: 'hush' }, host: 'sip.example' }],
        access_token: 'hush',
        apiKey: 'hush',
        token: null,
      };
      const { did, bots, routing } = wired();
      if (did === null || routing === null) throw new Error('no DID or no routing');
      const data = await show({
        ...wired(),
        did: { ...did, raw },
        bots: bots.map((bot) => ({ ...bot, raw })),
        routing: { ...routing, raw },
      });
      expect(JSON.stringify(data)).not.toContain('hush');
      const shown = { trunk: [{ host: 'sip.example' }], token: null };
      const { remote_did, bot, routing: readyRouting } = data.readiness[0] ?? {};
      for (const row of [data.dids[0], data.bots[0], data.routing[0], remote_did, bot, readyRouting]) {
        expect(row?.raw).toMatchObject(shown);
      }
    });

    it('a failed step as an answer, not as an error', async () => {
      const answer = await callReady({ did_id: 4711 });
      const data = answer.json.data as CallReadyDto;
      expect([answer.status, answer.json.success]).toEqual([200, true]);
      expect(Object.keys(data)).toEqual(['phone_number', 'key', 'ready', 'steps', 'readiness_before', 'readiness']);
      expect(data).toMatchObject({
        phone_number: null,
        key: null,
        ready: false,
        readiness_before: null,
        readiness: null,
      });
      expect(data.steps).toHaveLength(6);
    });

    it('readiness before and after as the rows of sync', async () => {
      gateway.world.provisioner.finished = {
        kind: 'finished',
        result: { key: KEY, ready: true, steps: [], before: reportOf(unwired()), after: reportOf(wired()) },
      };
      const data = (await callReady({ did_id: 812 })).json.data as CallReadyDto;
      expect(data).toMatchObject({ phone_number: `+${KEY}`, key: KEY, ready: true });
      expect(data.readiness_before).toEqual((await show(unwired())).readiness[0]);
      expect(data.readiness).toEqual((await show(wired())).readiness[0]);
    });

    it('the first answer to a request that is repeated with its Idempotency-Key', async () => {
      const ask = () => gateway.ask('POST', SYNC, { body: {}, headers: { 'idempotency-key': 'one' } });
      const first = await ask();
      const again = await ask();
      expect([again.text, again.headers['idempotency-replayed']]).toEqual([first.text, 'true']);
      const unguarded = await sync({});
      expect([again.headers['content-type'], unguarded.text]).toEqual([unguarded.headers['content-type'], first.text]);
      expect(gateway.world.provisioner.asked).toHaveLength(2);
    });
  });
});
