import type { RemoteBot } from '@dialtone/domain';
import { aRouting } from '@dialtone/testing';
import { randomUUID } from 'node:crypto';
import { TestGateway } from '../gateway';
import { leaveAnswersUnchecked } from '../undocumented';
import { LISTS, WRITES, type WriteCase } from './requests';

const BOT: RemoteBot = {
  id: 93,
  name: 'Old',
  websocketUrl: 'wss://old.example.com',
  clientId: 415,
  active: true,
  raw: { id: 93, webhook_url: 'https://old.example.com', audio_format: 'l16_16k', noise_cancel: '1', status: 0 },
};

const sent = (body: unknown = { status: true, message: 'Done.', data: { id: 7 } }) =>
  ({ kind: 'ok', httpStatus: 201, body }) as const;

describe('passing calls on to VoiceLink', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
    gateway.world.voicelink.listings = {
      clients: { status: 'complete', rows: [] },
      bots: { status: 'complete', rows: [BOT] },
    };
    gateway.world.voicelink.answer = ({ method }) => (method === 'GET' ? sent({ status: true, data: [] }) : sent());
  });
  afterAll(() => gateway.close());

  const bodiesSent = () => gateway.world.voicelink.calls.map(({ body }) => body);
  const post = (url: string, body: object, headers: Record<string, string> = {}) =>
    gateway.ask('POST', url, { body, headers });

  describe('writes', () => {
    it.each(WRITES)(
      '$name: the required fields, and the defaults',
      async ({ url, required, defaults, path, status }) => {
        const answer = await post(url, required);
        expect([answer.status, answer.json]).toEqual([
          status,
          { success: true, data: { status: true, message: 'Done.', data: { id: 7 } } },
        ]);
        const { connectionId } = gateway.tenant;
        expect(gateway.world.voicelink.calls).toEqual([
          { method: 'POST', path, connectionId, body: { ...defaults, ...required } },
        ]);
      },
    );

    it.each(WRITES)(
      '$name: every optional field, under its own name',
      async ({ url, required, optional, defaults }) => {
        expect((await post(url, { ...required, ...optional })).json.success).toBe(true);
        expect(bodiesSent()).toEqual([{ ...defaults, ...required, ...optional }]);
      },
    );

    it.each(WRITES)(
      '$name: nothing is sent for a field that VoiceLink knows and this API does not',
      async ({ url, required }) => {
        const answer = await post(url, { ...required, wallet_balance: 5 });
        expect([answer.status, answer.json.error.details]).toEqual([
          400,
          [{ field: 'wallet_balance', message: 'wallet_balance is not known here: remove it.' }],
        ]);
        expect(bodiesSent()).toEqual([]);
      },
    );

    it('counts the characters of a text as the document does', async () => {
      const bot = (length: number) => ({ bot_name: '\u{1F4DE}'.repeat(length), client_id: 415 });
      expect((await post('/api/v2/voicelink/bots', bot(255))).status).toBe(201);
      expect((await post('/api/v2/voicelink/bots', bot(256))).status).toBe(400);
    });

    it('wraps an answer that is no object, and takes none for an empty one', async () => {
      const { url, required } = WRITES[0] as WriteCase;
      gateway.world.voicelink.answer = () => sent(null);
      expect((await post(url, required)).json.data).toEqual({});
      gateway.world.voicelink.answer = () => sent(['a']);
      expect((await post(url, required)).json.data).toEqual({ data: ['a'] });
    });

    it('completes a partial client update with what is always needed', async () => {
      const raw = { id: 415, first_name: 'Asha', last_name: 'Rao', channel_count: 5, email: 'a@b.example', status: 1 };
      gateway.world.voicelink.listings = {
        ...gateway.world.voicelink.listings,
        clients: { status: 'complete', rows: [{ id: 415, username: 'asha', active: true, raw }] },
      };
      expect((await post('/api/v2/voicelink/clients/415', { channel_count: 9 })).status).toBe(200);
      expect(bodiesSent()).toEqual([{ first_name: 'Asha', last_name: 'Rao', is_active: 1, channel_count: 9 }]);
    });

    it.each([
      { name: 'is not there', status: 'complete' as const, want: [404, 'VOICELINK_NOT_FOUND'] },
      { name: 'cannot be listed', status: 'failed' as const, want: [503, 'VOICELINK_UNAVAILABLE'] },
      { name: 'may be in the missing part', status: 'truncated' as const, want: [503, 'VOICELINK_UNAVAILABLE'] },
    ])('changes no record that $name', async ({ status, want }) => {
      const listing =
        status === 'complete' ? { status, rows: [] as const } : { status, rows: [] as const, message: 'half' };
      gateway.world.voicelink.listings = { clients: listing, bots: listing };
      for (const [url, body] of [
        ['/api/v2/voicelink/clients/415', { channel_count: 9 }],
        ['/api/v2/voicelink/bots/93', { bot_name: 'b', websocket_url: 'wss://b.example', status: 1 }],
      ] as const) {
        const answer = await post(url, body);
        expect([answer.status, answer.json.error.code]).toEqual(want);
      }
      expect(bodiesSent()).toEqual([]);
    });

    it('keeps of a replaced bot what this API has no word for, and drops a webhook that is not sent', async () => {
      // Fields that VoiceLink generates are not sent back, nor fields that it does not list.
      const madeByVoiceLink = { status_label: 'Inactive', created_at: '2026-06-09 10:30:00', transcript: null };
      const raw = { ...BOT.raw, ...madeByVoiceLink, client_id: 415, greeting: 'New in July' };
      const bots = { status: 'complete', rows: [{ ...BOT, raw }] } as const;
      gateway.world.voicelink.listings = { ...gateway.world.voicelink.listings, bots };
      const given = { bot_name: 'b', websocket_url: 'wss://b.example', status: 0 };
      await post('/api/v2/voicelink/bots/93', given);
      const kept = { audio_format: 'l16_16k', noise_cancel: '1', client_id: 415, greeting: 'New in July' };
      expect(bodiesSent()).toEqual([{ ...given, ...kept }]);
    });

    it('keeps of replaced routing what this API has no word for, and drops a handler that is not sent', async () => {
      const record = aRouting({ id: 120, forInboundCall: 2, inboundTrunkId: 31, outboundBotId: 93, active: false });
      const more = { inbound_mobile: '919000000033', client_id: 415, type_label: 'Mobile', time_group: null };
      const routing = { status: 'complete', rows: [{ ...record, raw: { ...record.raw, ...more } }] } as const;
      gateway.world.voicelink.listings = { ...gateway.world.voicelink.listings, routing };
      const given = { for_inbound_call: 1, for_outbound_call: 4, status: 1 };
      expect((await post('/api/v2/voicelink/call-routing/120', given)).status).toBe(200);
      expect((await post('/api/v2/voicelink/call-routing/121', given)).status).toBe(200);
      expect(bodiesSent()).toEqual([{ ...given, inbound_mobile: '919000000033' }, given]);
    });

    it.each([
      ['918011223344', '918011223344'],
      ['+91 80112-23344', '918011223344'],
      ['8011223344', '918011223344'],
    ])('sends did_number %s as VoiceLink writes it', async (given, want) => {
      const body = { did_number: given, for_inbound_call: 1, for_outbound_call: 4 };
      expect((await post('/api/v2/voicelink/call-routing', body)).status).toBe(201);
      expect(bodiesSent()).toEqual([{ did_number: want, for_inbound_call: 1, for_outbound_call: 4, status: 1 }]);
    });
  });

  describe('lists', () => {
    const rows = [{ id: 1, name: 'Größe', wallet: { balance: '1.00' }, dids: null }];

    it.each(LISTS)('GET $url with every filter', async ({ url, path, query }) => {
      gateway.world.voicelink.answer = () => sent({ status: true, message: 'Success', data: rows });
      const params = new URLSearchParams(
        Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
      );
      const answer = await gateway.ask('GET', `${url}?${params.toString()}`);
      expect([answer.status, answer.json]).toEqual([
        200,
        { success: true, data: { status: true, message: 'Success', data: rows } },
      ]);
      const { connectionId } = gateway.tenant;
      expect(gateway.world.voicelink.calls).toEqual([{ method: 'GET', path, query, connectionId }]);
    });

    it.each(LISTS)('GET $url without any sends none', async ({ url }) => {
      expect((await gateway.ask('GET', url)).status).toBe(200);
      const [asked] = gateway.world.voicelink.calls;
      expect(Object.values(asked?.query ?? {}).filter((value) => value !== undefined)).toEqual([]);
    });

    it.each([
      { name: 'bare inside data', body: { status: true, data: rows }, want: { status: true, data: rows } },
      {
        name: 'a page inside data',
        body: { status: true, message: 'm', data: { data: rows, current_page: 1, total: 1 } },
        want: { status: true, message: 'm', data: rows, current_page: 1, total: 1 },
      },
      { name: 'a page alone', body: { data: rows, total: 1 }, want: { data: rows, total: 1 } },
      { name: 'bare and alone', body: rows, want: { data: rows } },
      { name: 'something else', body: { status: true, data: { x: 1 } }, want: { status: true, data: { x: 1 } } },
    ])('has the rows of a list that is $name at data.data', async ({ body, want }) => {
      if (!Array.isArray(want.data)) leaveAnswersUnchecked();
      gateway.world.voicelink.answer = () => sent(body);
      expect((await gateway.ask('GET', '/api/v2/voicelink/bots')).json.data).toEqual(want);
    });

    it('hides passwords and tokens wherever they are', async () => {
      const secretive = {
        id: 1,
        trunk: {
          registration_password: 'x1',
          api_token: 'x2',
          Password: 'x3',
          client_secret: 'x4',
          has_password: true,
          has_token: 1,
          sip_password: 482913,
          credentials: ['x5', { user: 'x6' }],
        },
        password: 401,
        password_hash: 'x5',
        credentials: { user: 'x6' },
      };
      gateway.world.voicelink.answer = () => sent({ data: [secretive] });
      const { text, json } = await gateway.ask('GET', '/api/v2/voicelink/call-routing');
      expect(text).not.toMatch(/x[1-6]|482913|401/);
      expect(json.data).toMatchObject({ data: [{ id: 1, trunk: { has_password: true, has_token: 1 } }] });
    });
  });

  it('does not tell whether a guess at the login was right, in the answer to it or in a list', async () => {
    const answers = async (guess: string) => {
      gateway.world.voicelink.secrets = ['canary-login'];
      const echo = { message: `Bot ${guess} created`, data: [{ id: 1, bot_name: guess, quoted: 'x' }] };
      gateway.world.voicelink.answer = () => sent(echo);
      const written = await post('/api/v2/voicelink/bots', { bot_name: guess, client_id: 415 });
      gateway.world.voicelink.answer = () => sent({ message: 'Success', data: echo.data });
      const listed = await gateway.ask('GET', '/api/v2/voicelink/bots');
      return [written, listed].map(({ status, json }) => [status, JSON.stringify(json.data).replaceAll(guess, '')]);
    };
    expect(await answers('canary-login')).toEqual(await answers('canary-guess'));
  });

  it('hides the login of the connection in whatever VoiceLink answers', async () => {
    gateway.world.voicelink.secrets = ['canary-login', '7|canary-token'];
    const body = { message: 'canary-login is fine', data: [{ used: '7|canary-token', id: 1 }] };
    gateway.world.voicelink.answer = () => sent(body);
    const { url, required } = WRITES[0] as WriteCase;
    for (const answer of [await gateway.ask('GET', '/api/v2/voicelink/clients'), await post(url, required)]) {
      expect(answer.json.data).toEqual({ message: '[redacted] is fine', data: [{ used: '[redacted]', id: 1 }] });
    }
  });

  it('passes on what is nested absurdly deep as far as it can be shown', async () => {
    leaveAnswersUnchecked();
    const data = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
    gateway.world.voicelink.answer = () => sent({ status: true, data });
    const { url, required } = WRITES[0] as WriteCase;
    expect((await gateway.ask('GET', '/api/v2/voicelink/clients')).status).toBe(200);
    expect((await post(url, required, { 'idempotency-key': 'deep' })).status).toBe(201);
  });

  describe('choosing the connection', () => {
    const places: readonly (readonly [string, (selection: Record<string, string>) => ReturnType<typeof post>])[] = [
      [
        'query',
        (selection) => gateway.ask('GET', `/api/v2/voicelink/bots?${new URLSearchParams(selection).toString()}`),
      ],
      ['body', (selection) => post('/api/v2/voicelink/bots', { bot_name: 'b', client_id: 1, ...selection })],
    ];
    const usedConnections = () => gateway.world.voicelink.calls.map(({ connectionId }) => connectionId);

    it.each(places)('takes the only one, or the named one of several (%s)', async (_, ask) => {
      const first = gateway.tenant.connectionId;
      expect((await ask({})).json.success).toBe(true);
      const second = gateway.world.addConnection(gateway.tenant.partnerId);
      expect((await ask({ connection_id: second })).json.success).toBe(true);
      expect((await ask({ connectionId: first.toUpperCase() })).json.success).toBe(true);
      expect(usedConnections()).toEqual([first, second, first]);
    });

    it.each(places)('asks which one of several (%s)', async (_, ask) => {
      gateway.world.addConnection(gateway.tenant.partnerId);
      const answer = await ask({});
      expect([answer.status, answer.json.error.code, answer.json.error.message]).toEqual([
        400,
        'CONNECTION_AMBIGUOUS',
        'connection_id is required because this partner has multiple active voicelink connections.',
      ]);
    });

    it.each(places)('does not tell a foreign or disconnected one from a missing one (%s)', async (_, ask) => {
      const { partnerId } = gateway.tenant;
      const others: readonly string[] = [
        randomUUID(),
        gateway.world.addTenant().connectionId,
        gateway.world.addConnection(partnerId, { status: 'DISCONNECTED' }),
      ];
      const answers = await Promise.all(others.map((id) => ask({ connection_id: id })));
      expect(answers.map(({ status, json }) => [status, json.error.code])).toEqual(
        Array(3).fill([404, 'CONNECTION_NOT_FOUND']),
      );
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(usedConnections()).toEqual([]);
    });

    it.each(places)('refuses what is no id, and two that differ (%s)', async (_, ask) => {
      const { connectionId } = gateway.tenant;
      for (const selection of [
        { connection_id: 'x' },
        { connectionId: '1' },
        { connection_id: '' },
        { connection_id: connectionId, connectionId: randomUUID() },
      ]) {
        const answer = await ask(selection);
        expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
        expect(answer.json.error.details?.[0]?.field).toMatch(/^connection_?[iI]d$/);
      }
    });

    it('says so when the connection cannot be opened', async () => {
      gateway.world.voicelink.closed.add(gateway.tenant.connectionId);
      const answer = await gateway.ask('GET', '/api/v2/voicelink/clients');
      expect([answer.status, answer.json.error.code]).toEqual([503, 'VOICELINK_UNAVAILABLE']);
    });
  });
});
