import { TestGateway } from '../gateway';
import { LISTS, WRITES, type WriteCase } from './requests';

const named = (name: string): WriteCase => {
  const found = WRITES.find((write) => write.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
};

/** JSON text of values that no count may have. `1e999` is how infinity is written in JSON. */
const NO_COUNT = ['0', '-1', '1.5', '1e999', '"5"', '9007199254740992', 'null', 'true', '[1]', '{}', '""'];
const NO_NUMBER = ['1e999', '"1.5"', 'null', 'true', '[]', '{}'];
const NO_TEXT = ['""', '"  "', '5', 'null', 'true', '["a"]', '{}', '"a\\u0000b"', '"\\ud800"'];
const noCode = (...valid: number[]): string[] =>
  ['-1', '0', '1', '2', '3', '4', '5', '0.5', '"1"', 'true', 'null', '[1]', '1e999'].filter(
    (text) => !valid.map(String).includes(text),
  );
const NO_WEBSOCKET = [
  '"ws://a.example"',
  '"https://a.example"',
  '"wss://"',
  '"wss://u:p@a.example"',
  '"x"',
  '5',
  'null',
];
const NO_WEBHOOK = ['"ftp://a.example"', '"https://"', '"https://u:p@a.example"', '"example.com"', '5', 'null'];
const NO_DATE = ['"2026-02-30"', '"2026-1-1"', '"01-31-2027"', '"2026-01-31T00:00:00Z"', '20270131', 'null', '""'];
const NO_EMAIL = [
  '"a"',
  '"a@b"',
  '"a b@c.example"',
  '"a..b@c.example"',
  '"a@-c.example"',
  '"a(b@c.example"',
  '5',
  'null',
  '""',
];

/** Per endpoint and field: what is refused. */
const WRONG: readonly (readonly [name: string, fields: Readonly<Record<string, readonly string[]>>])[] = [
  [
    'create client',
    {
      first_name: NO_TEXT,
      last_name: NO_TEXT,
      username: NO_TEXT,
      email: NO_EMAIL,
      password: ['""', '5', 'null', '"a\\u0000b"'],
      channel_count: NO_COUNT,
      phone: NO_TEXT,
      is_active: noCode(0, 1),
      negative_threshold: NO_NUMBER,
      inbound_rate: [...NO_NUMBER, '-0.5'],
      outbound_rate: [...NO_NUMBER, '-0.5'],
      pulse_seconds: NO_COUNT,
      plan_type: NO_TEXT,
    },
  ],
  [
    'update client',
    {
      first_name: NO_TEXT,
      email: NO_EMAIL,
      password: ['""', '5', 'null'],
      channel_count: NO_COUNT,
      is_active: noCode(0, 1),
      inbound_rate: [...NO_NUMBER, '-0.5'],
      pulse_seconds: NO_COUNT,
    },
  ],
  [
    'map DID',
    {
      client_id: NO_COUNT,
      did_id: NO_COUNT,
      call_recording: noCode(0, 1),
      user_status: noCode(2, 4),
      user_expiry_date: NO_DATE,
      description: NO_TEXT,
      client_auto_renew: noCode(0, 1),
    },
  ],
  [
    'create bot',
    {
      bot_name: NO_TEXT,
      client_id: NO_COUNT,
      websocket_url: NO_WEBSOCKET,
      webhook_url: NO_WEBHOOK,
      status: noCode(0, 1),
    },
  ],
  ['update bot', { bot_name: NO_TEXT, websocket_url: NO_WEBSOCKET, webhook_url: NO_WEBHOOK, status: noCode(0, 1) }],
  ...(['create routing', 'update routing'] as const).map(
    (name) =>
      [
        name,
        {
          for_inbound_call: noCode(0, 1, 2, 3),
          for_outbound_call: noCode(0, 2, 3, 4),
          inbound_websocket_bot_id: NO_COUNT,
          inbound_sip_trunk_id: NO_COUNT,
          outbound_websocket_bot_id: NO_COUNT,
          outbound_sip_trunk_id: NO_COUNT,
          status: noCode(0, 1),
        },
      ] as const,
  ),
];

describe('what is refused before VoiceLink is asked', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  /** The fields that the answer blames; it must be a 400 with code and message. */
  const blamed = async (method: 'GET' | 'POST', url: string, payload?: string): Promise<readonly string[]> => {
    const { status, json } = await gateway.ask(method, url, payload === undefined ? {} : { payload });
    expect([url, payload, status, json.error.code]).toEqual([url, payload, 400, 'VALIDATION_ERROR']);
    expect(gateway.world.voicelink.calls).toEqual([]);
    for (const { field, message } of json.error.details ?? []) {
      expect(message).toContain(field);
      expect(json.error.message).toContain(message);
    }
    return [...new Set((json.error.details ?? []).map(({ field }) => field))];
  };
  /** The complete body with one field replaced by JSON text. */
  const withField = ({ required }: WriteCase, field: string, text: string): string => {
    const rest = Object.entries(required).filter(([name]) => name !== field);
    return `{${[...rest.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`), `"${field}":${text}`].join(',')}}`;
  };

  describe.each(WRONG)('%s', (name, fields) => {
    it.each(Object.entries(fields))('%s', async (field, values) => {
      for (const text of values) {
        expect([text, await blamed('POST', named(name).url, withField(named(name), field, text))]).toEqual([
          text,
          [field],
        ]);
      }
    });
  });

  it.each(WRITES.filter(({ name }) => name !== 'update client'))(
    '$name: a required field is missing',
    async ({ url, required }) => {
      for (const field of Object.keys(required)) {
        const rest = Object.fromEntries(Object.entries(required).filter(([name]) => name !== field));
        expect(await blamed('POST', url, JSON.stringify(rest))).toEqual([field]);
      }
    },
  );

  it.each(WRITES)('$name: no body, or one that is no object', async ({ name, url }) => {
    for (const payload of ['[]', '"x"', '5', 'null', '{']) await blamed('POST', url, payload);
    if (name === 'update client') return;
    expect((await blamed('POST', url)).length).toBeGreaterThan(0);
  });

  it.each([
    ['both', { did_id: 812, did_number: '918011223344' }, ['did_id']],
    ['neither', {}, ['did_id']],
    ['no number', { did_number: 'x' }, ['did_number']],
    ['a JSON number', { did_number: 918011223344 }, ['did_number']],
    ['an empty number', { did_number: '' }, ['did_number']],
    ['a number drowned in blanks', { did_number: `91801122${' '.repeat(40)}3344` }, ['did_number']],
    ['null for one', { did_id: null, did_number: '918011223344' }, ['did_id']],
    ['null for the other', { did_id: 812, did_number: null }, ['did_id', 'did_number']],
    ['zero', { did_id: 0 }, ['did_id']],
    ['a fraction', { did_id: 0.5 }, ['did_id']],
    ['text', { did_id: '812' }, ['did_id']],
  ])('create routing: %s', async (_, did, fields) => {
    const body = { for_inbound_call: 1, for_outbound_call: 4, ...did };
    expect(await blamed('POST', '/api/v2/voicelink/call-routing', JSON.stringify(body))).toEqual(fields);
  });

  it.each([
    ['for_inbound_call', 3, 'inbound_websocket_bot_id'],
    ['for_inbound_call', 2, 'inbound_sip_trunk_id'],
    ['for_outbound_call', 3, 'outbound_websocket_bot_id'],
    ['for_outbound_call', 2, 'outbound_sip_trunk_id'],
  ])('routing with %s %i and no %s', async (mode, value, handler) => {
    for (const name of ['create routing', 'update routing']) {
      const { url, required } = named(name);
      expect(await blamed('POST', url, JSON.stringify({ ...required, [mode]: value }))).toEqual([handler]);
    }
  });

  it.each([
    ['bots/93', ['bot_name', 'websocket_url', 'status']],
    ['call-routing/120', ['for_inbound_call', 'for_outbound_call', 'status']],
  ])('says why %s must be given completely', async (path, fields) => {
    const { json } = await gateway.ask('POST', `/api/v2/voicelink/${path}`, { body: {} });
    const reasons = (json.error.details ?? []).filter(({ message }) => message.includes('because the update replaces'));
    expect(reasons.map(({ field }) => field)).toEqual(fields);
  });

  it.each([
    ['clients', 'client_id'],
    ['bots', 'bot_id'],
    ['call-routing', 'routing_id'],
  ])('an id in the path of %s that is none', async (resource, field) => {
    for (const id of ['0', '-1', '1.5', 'x', '01', '1e3', '9007199254740992', '%20']) {
      expect([id, await blamed('POST', `/api/v2/voicelink/${resource}/${id}`, '{}')]).toEqual([id, [field]]);
    }
  });

  describe.each(LISTS)('GET $url', ({ url, query }) => {
    it.each(Object.keys(query))('%s', async (field) => {
      const isText = typeof query[field] === 'string';
      const isCode = field === 'status' && !isText;
      const wrong = isText
        ? ['x'.repeat(101), 'a%00b']
        : isCode
          ? ['2', '-1', '0.5', 'true', '', '01', '%2B1']
          : ['0', '-1', '1.5', '1e3', 'x', '', '%201', '01', 'Infinity', 'NaN', '9007199254740992'];
      for (const value of wrong)
        expect([value, await blamed('GET', `${url}?${field}=${value}`)]).toEqual([value, [field]]);
      expect(await blamed('GET', `${url}?${field}=1&${field}=1`)).toEqual([field]);
    });

    it('an unknown filter', async () => {
      expect(await blamed('GET', `${url}?sort=asc`)).toEqual(['sort']);
    });
  });

  it('more than 1000 bots per page', async () => {
    expect(await blamed('GET', '/api/v2/voicelink/bots?per_page=1001')).toEqual(['per_page']);
  });

  it('callers without the scope', async () => {
    gateway.tenant = gateway.world.addTenant(['voicelink:read']);
    expect((await gateway.ask('POST', '/api/v2/voicelink/bots', { body: named('create bot').required })).status).toBe(
      403,
    );
    gateway.tenant = gateway.world.addTenant(['voicelink:write']);
    expect((await gateway.ask('GET', '/api/v2/voicelink/bots')).status).toBe(403);
  });
});
