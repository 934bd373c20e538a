import type { CallReadyOutcome, SyncOutcome } from '@dialtone/engine';
import { KEY } from '../observations';
import { CALL_READY, SYNC, useProvisioning } from './provisioning';

const ID = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';

describe('provisioning', () => {
  const { gateway, sync, callReady } = useProvisioning();
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
          actor: apiKey.slice(8, 24),
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
      // A sync may have imported before another holder took over.
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
});
