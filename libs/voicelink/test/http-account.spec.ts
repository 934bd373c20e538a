import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import {
  createVoiceLinkAccount,
  type HttpVoiceLinkAccount,
  type VoiceLinkCallEvent,
  type VoiceLinkOptions,
} from '../src';
import { PASSWORD, ScriptedUpstream, type Scripted } from './scripted-upstream';

let upstream: ScriptedUpstream;
let events: VoiceLinkCallEvent[];
const opened: HttpVoiceLinkAccount[] = [];

const open = (options: Partial<VoiceLinkOptions> = {}): HttpVoiceLinkAccount => {
  const account = createVoiceLinkAccount({
    baseUrl: upstream.url,
    credentials: { username: 'reseller', password: PASSWORD },
    readRetry: { baseMs: 1 },
    observer: (event) => events.push(event),
    ...options,
  });
  opened.push(account);
  return account;
};

beforeEach(async () => {
  upstream = await ScriptedUpstream.start();
  events = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((account) => account.close()));
  await upstream.stop();
});

const BOT = { clientId: 702, name: 'main', websocketUrl: 'wss://x.example/ws', active: true };
const created = { status: 201, json: { status: true, data: { id: 58 } } };
const outcomes = (): string[] => events.map(({ endpoint, outcome }) => `${endpoint} ${outcome}`);

describe('logging in', () => {
  it('happens once for calls that start together, and the token is kept', async () => {
    const account = open();
    await Promise.all([account.list('clients'), account.list('routing'), account.createBot(BOT)]);
    await account.list('clients');
    expect(upstream.logins).toBe(1);
    expect(upstream.calls.map(({ authorization }) => authorization)).toEqual(Array(4).fill('Bearer 1|token'));
    expect(upstream.calls.every(({ accept }) => accept === 'application/json')).toBe(true);
  });

  it.each([
    { where: 'data.access_token', data: { access_token: 't|1' } },
    { where: 'data.token', data: { token: 't|1' } },
    { where: 'data.plain_api_token', data: { plain_api_token: 't|1' } },
    { where: 'data.user.plain_api_token', data: { user: { plain_api_token: 't|1' } } },
  ])('finds the token at $where', async ({ data }) => {
    upstream.loginScript = () => ({ json: { status: true, data } });
    expect(await open().login()).toEqual({ kind: 'ok' });
  });

  it('is renewed after a 401, by one login for all, and each call is sent once more', async () => {
    const account = open();
    await account.list('clients');
    upstream.script = ({ authorization }) =>
      authorization === 'Bearer 1|token' ? { status: 401, json: { message: 'Unauthenticated.' } } : created;
    const [bot, , listing] = await Promise.all([
      account.createBot(BOT),
      account.createBot(BOT),
      account.list('clients'),
    ]);
    expect(bot).toEqual({ kind: 'accepted', id: 58 });
    expect(listing.status).toBe('failed'); // the script answers lists with a created record
    expect(upstream.logins).toBe(2);
    expect(upstream.calls.filter(({ method }) => method === 'POST')).toHaveLength(4);
  });

  it('is not repeated for a 401 that comes late, when another call has logged in since', async () => {
    upstream.script = async ({ authorization, path }) => {
      if (authorization !== 'Bearer 1|token') return { json: [] };
      if (path.includes('clients')) await new Promise((resolve) => setTimeout(resolve, 100));
      return { status: 401, json: {} };
    };
    const account = open();
    const listings = await Promise.all([account.list('clients'), account.list('routing')]);
    expect(listings.map(({ status }) => status)).toEqual(['complete', 'complete']);
    expect(upstream.logins).toBe(2);
  });

  it('is tried once more per call, then the 401 stands', async () => {
    upstream.script = () => ({ status: 401, json: { message: 'Unauthenticated.' } });
    const outcome = await open().createBot(BOT);
    expect(outcome).toMatchObject({ kind: 'refused', failure: { class: 'unauthorized', httpStatus: 401 } });
    expect(upstream.calls).toHaveLength(2);
  });

  it.each<{ why: string; answer: Scripted; want: object }>([
    { why: 'a 401', answer: { status: 401, json: { message: 'bad' } }, want: { class: 'unauthorized' } },
    {
      why: '200 with status:false',
      answer: { json: { status: false, message: 'bad' } },
      want: { class: 'unauthorized', httpStatus: 200 },
    },
    { why: 'a 422', answer: { status: 422, json: { message: 'bad' } }, want: { class: 'unauthorized' } },
    { why: 'a 503', answer: { status: 503, text: '<html>' }, want: { class: 'unavailable' } },
    {
      why: 'a 429',
      answer: { status: 429, headers: { 'retry-after': '9' } },
      want: { class: 'rate_limited', retryAfterMs: 9000 },
    },
    { why: 'an answer without token', answer: { json: { status: true, data: {} } }, want: { class: 'unavailable' } },
  ])('that fails with $why refuses the write unsent', async ({ answer, want }) => {
    upstream.loginScript = () => answer;
    expect(await open().createBot(BOT)).toMatchObject({ kind: 'refused', failure: want });
    expect(upstream.calls).toEqual([]);
  });

  it('is not repeated for every call while the credentials are wrong, but at once when asked', async () => {
    upstream.loginScript = () => ({ status: 401, json: {} });
    const account = open();
    await account.list('clients');
    await account.list('routing');
    expect(upstream.logins).toBe(1);
    upstream.loginScript = null;
    expect(await account.login()).toEqual({ kind: 'ok' });
    expect((await account.list('clients')).status).toBe('complete');
  });
});

describe('secrets', () => {
  it('nor what a caller sends are in any part of a message, however long it is', async () => {
    const account = open();
    for (const before of [400, 470, 480, 490]) {
      upstream.script = () => ({ status: 422, json: { message: `${'x'.repeat(before)} canary-of-a-caller` } });
      const path = '/v1/reseller/client/create';
      const outcome = await account.raw.call({ method: 'POST', path, body: {}, secrets: ['canary-of-a-caller'] });
      expect(JSON.stringify(outcome)).not.toContain('can');
    }
    expect(account.raw.secrets).toEqual([PASSWORD, '1|token']);
  });

  it('are not in any message, even when VoiceLink quotes them', async () => {
    upstream.script = ({ authorization }) => ({
      status: 422,
      json: { message: `${authorization ?? ''} of ${PASSWORD}`, errors: { password: [PASSWORD] } },
    });
    const account = open({ credentials: { username: 'canary-name', password: PASSWORD } });
    const results = [
      await account.createBot(BOT),
      await account.list('clients'),
      await account.raw.call({ method: 'GET', path: '/v1/reseller/profile' }),
    ];
    upstream.loginScript = ({ body }) => ({ status: 422, json: { message: JSON.stringify(body) } });
    const shown = JSON.stringify([results, await account.login(), events]);
    expect(shown).toContain('[redacted]');
    expect(shown).not.toContain(PASSWORD);
    expect(shown).not.toContain('1|token');
    expect(shown).not.toContain('canary-name');
    expect(shown).toContain('POST /v1/websocket-bot/create: HTTP 422');
  });
});

describe('reads', () => {
  it('are retried twice when VoiceLink is unavailable', async () => {
    let count = 0;
    upstream.script = () => ((count += 1) < 3 ? { status: 502, text: 'bad gateway' } : { json: [] });
    expect(await open().list('clients')).toEqual({ status: 'complete', rows: [] });
    expect(upstream.calls).toHaveLength(3);
    upstream.script = () => 'cut';
    expect((await open().list('clients')).status).toBe('failed');
    expect(upstream.calls).toHaveLength(6);
  });

  it.each([
    ['user', 1],
    ['repair', 3],
    ['sweep', 3],
  ] as const)('that time out in the lane %s are sent %i times', async (lane, times) => {
    upstream.script = () => 'hang';
    const account = open({ timeouts: { totalMs: 50 } }).in(lane);
    const outcome = await account.raw.call({ method: 'GET', path: '/v1/reseller/profile' });
    expect(outcome).toMatchObject({ kind: 'refused', failure: { class: 'unavailable', timedOut: true } });
    expect(upstream.calls).toHaveLength(times);
  });

  it('are not retried when VoiceLink refused them', async () => {
    upstream.script = () => ({ status: 403, json: { message: 'no' } });
    expect(await open().list('clients')).toMatchObject({ status: 'failed' });
    expect(upstream.calls).toHaveLength(1);
  });

  it('wait for Retry-After, and give up at once when that is too long', async () => {
    let count = 0;
    upstream.script = () =>
      (count += 1) === 1 ? { status: 429, headers: { 'retry-after': '1' }, json: {} } : { json: [] };
    const startedAt = performance.now();
    expect((await open().list('clients')).status).toBe('complete');
    expect(performance.now() - startedAt).toBeGreaterThan(950);
    upstream.script = () => ({ status: 429, headers: { 'retry-after': '60' }, json: {} });
    const before = upstream.calls.length;
    expect((await open().list('clients')).status).toBe('failed');
    expect(upstream.calls).toHaveLength(before + 1);
  });

  it('give up an answer that is too long, announced or not', async () => {
    const account = open({ maxAnswerBytes: 1_000, readRetry: { retries: 0 } });
    const long = { text: JSON.stringify({ data: 'x'.repeat(2_000) }) };
    for (const headers of [{}, { 'content-length': String(long.text.length) }]) {
      upstream.script = () => ({ ...long, headers });
      expect(await account.raw.call({ method: 'GET', path: '/v1/reseller/profile' })).toMatchObject({
        kind: 'refused',
        failure: { class: 'unavailable', message: 'GET /v1/reseller/profile: the answer is too long' },
      });
    }
    expect(await account.createBot(BOT)).toMatchObject({ kind: 'unknown' });
  });

  it('share a kept-alive connection; each write has one of its own', async () => {
    const account = open({ connections: 1 });
    await account.list('clients');
    await account.list('routing');
    await account.createBot(BOT);
    await account.createBot(BOT);
    const [clients, routing, first, second] = upstream.calls.map(({ connection }) => connection);
    expect(routing).toBe(clients);
    expect(new Set([clients, first, second]).size).toBe(3);
  });

  it('go out over no more connections than allowed', async () => {
    const account = open({ connections: 2 });
    await account.login();
    await Promise.all(Array.from({ length: 10 }, () => account.list('clients')));
    expect(new Set(upstream.calls.map(({ connection }) => connection)).size).toBe(2);
  });
});

describe('paging', () => {
  it('asks bots and purchased DIDs for large pages, and the other lists for none', async () => {
    const account = open();
    for (const section of ['clients', 'dids', 'available_dids', 'bots', 'routing'] as const) {
      await account.list(section, { clientId: 702, search: 'a b' });
    }
    expect(upstream.calls.map(({ path }) => path)).toEqual([
      '/api/v1/reseller/clients?search=a+b',
      '/api/v1/reseller/did/purchased?client_id=702&search=a+b&page=1&per_page=1000',
      '/api/v1/reseller/client/available-dids',
      '/api/v1/websocket-bot/list?client_id=702&search=a+b&page=1&per_page=1000',
      '/api/v1/call-routing/list?client_id=702',
    ]);
  });

  it('walks the pages of a server that answers fewer rows than asked for', async () => {
    upstream.script = ({ path }) => {
      const page = Number(new URL(path, 'http://x').searchParams.get('page'));
      return {
        json: { status: true, data: { data: [{ id: page }], current_page: page, per_page: 1, total: 3, last_page: 3 } },
      };
    };
    const listing = await open().list('bots');
    expect(listing).toMatchObject({ status: 'complete', rows: [{ id: 1 }, { id: 2 }, { id: 3 }] });
  });

  it('falls back to smaller pages when VoiceLink refuses large ones, and remembers that', async () => {
    upstream.script = ({ path }) =>
      path.includes('per_page=1000') ? { status: 422, json: { message: 'too large' } } : { json: { data: [] } };
    const account = open();
    expect((await account.list('dids')).status).toBe('complete');
    expect((await account.list('dids')).status).toBe('complete');
    expect(upstream.calls.map(({ path }) => new URL(path, 'http://x').searchParams.get('per_page'))).toEqual([
      '1000',
      '100',
      '100',
    ]);
  });

  it('keeps its size from page to page: of one that refuses a later page it has what came before', async () => {
    upstream.script = ({ path }) =>
      new URL(path, 'http://x').searchParams.get('page') === '1'
        ? { json: { data: { data: [{ id: 1 }], total: 2, last_page: 2, per_page: 1 } } }
        : { status: 422, json: { message: 'too far' } };
    expect(await open().list('bots')).toMatchObject({ status: 'truncated', rows: [{ id: 1 }] });
    expect(upstream.calls.map(({ path }) => new URL(path, 'http://x').searchParams.get('per_page'))).toEqual([
      '1000',
      '1000',
    ]);
  });

  it('reads a page that comes again as the same rows, and of one that changed makes only the changed rows anew', async () => {
    const rows = [1, 2, 3, 4].map((id) => ({ id, bot_name: `bot ${String(id)}`, webhook_url: null as string | null }));
    upstream.script = ({ path }) => {
      const page = Number(new URL(path, 'http://x').searchParams.get('page'));
      return { json: { data: { data: rows.slice(2 * page - 2, 2 * page), total: 4, last_page: 2 } } };
    };
    const account = open();
    const first = await account.list('bots');
    const again = await account.list('bots');
    expect(again.rows.map((row, index) => row === first.rows[index])).toEqual([true, true, true, true]);
    // In no field that is decided on: an update must send it back all the same.
    rows[2] = { id: 3, bot_name: 'bot 3', webhook_url: 'https://hook.example' };
    const changed = await account.list('bots');
    expect(changed.rows.map((row, index) => row === first.rows[index])).toEqual([true, true, false, true]);
    expect(changed.rows[2]?.raw).toEqual(rows[2]);
    expect(upstream.calls).toHaveLength(6);
  });

  it('says that a page which was complete is not any more when its bytes come in another place', async () => {
    const page = { data: { data: [{ id: 1 }], total: 1, last_page: 1 } };
    const answers: unknown[] = [page, { data: { data: [{ id: 1 }], total: 2, last_page: 2 } }, page, page];
    upstream.script = () => ({ json: answers.shift() });
    const account = open();
    expect((await account.list('bots')).status).toBe('complete');
    // Moved while it was paged, so that it is walked once more, and then it is what it was at first.
    expect(await account.list('bots')).toMatchObject({ status: 'complete', rows: [{ id: 1 }] });
    expect(answers).toEqual([]);
  });

  it('does not take a filtered list for the whole one', async () => {
    upstream.script = ({ path }) => ({
      json: { data: path.includes('client_id') ? [{ id: 1, did_number: '918000000017' }] : [] },
    });
    const account = open();
    expect((await account.list('routing')).rows).toHaveLength(0);
    expect((await account.list('routing', { clientId: 7 })).rows).toHaveLength(1);
    expect((await account.list('routing')).rows).toHaveLength(0);
  });

  it('keeps what was read when a later page fails, as truncated', async () => {
    upstream.script = ({ path }) =>
      path.includes('page=1&')
        ? { json: { data: { data: [{ id: 1 }], total: 2, last_page: 2 } } }
        : { status: 500, json: {} };
    expect(await open().list('bots')).toMatchObject({
      status: 'truncated',
      rows: [{ id: 1 }],
      message: expect.stringContaining('page 2 of 2') as string,
    });
  });

  it('says with a listing why VoiceLink did not let all of it be read', async () => {
    const account = open();
    const failure = { class: 'rate_limited', httpStatus: 429, retryAfterMs: 30_000 };
    const slowDown = { status: 429, json: { message: 'Slow down' }, headers: { 'retry-after': '30' } };
    upstream.script = ({ path }) =>
      path.includes('page=1&') ? { json: { data: { data: [{ id: 1 }], total: 2, last_page: 2 } } } : slowDown;
    expect(await account.list('bots')).toMatchObject({ status: 'truncated', failure });
    expect(await account.list('clients')).toMatchObject({ status: 'failed', failure });
    upstream.script = () => ({ json: { status: true } });
    expect(await account.list('clients')).toEqual({ status: 'failed', rows: [], message: 'the answer holds no list' });
  });

  it('fails when the answer holds no list', async () => {
    upstream.script = () => ({ json: { status: true, data: { message: 'soon' } } });
    expect(await open().list('clients')).toEqual({ status: 'failed', rows: [], message: 'the answer holds no list' });
  });
});

describe('writes', () => {
  it.each<{ why: string; answer: Scripted; want: object }>([
    {
      why: 'a lost connection',
      answer: 'cut',
      want: { kind: 'unknown', failure: { class: 'unavailable', httpStatus: null } },
    },
    {
      why: 'a 500',
      answer: { status: 500, json: { status: false, message: 'x' } },
      want: { kind: 'unknown', failure: { httpStatus: 500 } },
    },
    {
      why: 'a 504 page',
      answer: { status: 504, text: '<html>' },
      want: { kind: 'unknown', failure: { httpStatus: 504 } },
    },
    { why: 'HTML with 200', answer: { text: '<html>' }, want: { kind: 'unknown', failure: { class: 'unavailable' } } },
    {
      why: 'a redirect',
      answer: { status: 302, headers: { location: '/login' } },
      want: { kind: 'unknown', failure: { httpStatus: 302 } },
    },
    {
      why: 'half an answer',
      answer: { headers: { 'content-length': '500' }, text: '{"status":' },
      want: { kind: 'unknown', failure: {} },
    },
    {
      why: 'a 429',
      answer: { status: 429, json: {}, headers: { 'retry-after': '3' } },
      want: { kind: 'refused', failure: { class: 'rate_limited', retryAfterMs: 3000 } },
    },
    {
      why: 'a 422',
      answer: { status: 422, json: { message: 'No channels available' } },
      want: { kind: 'refused', failure: { class: 'rejected' } },
    },
    {
      why: '200 with status:false',
      answer: { json: { status: false, message: 'no' } },
      want: { kind: 'refused', failure: { class: 'rejected', httpStatus: 200 } },
    },
    {
      why: 'a thin success without status',
      answer: { json: { data: { id: '58' } } },
      want: { kind: 'accepted', id: 58 },
    },
    {
      why: 'a success without id',
      answer: { status: 201, json: { status: true } },
      want: { kind: 'accepted', id: null },
    },
  ])('are sent once when answered with $why', async ({ answer, want }) => {
    upstream.script = () => answer;
    expect(await open({ timeouts: { totalMs: 300 } }).createBot(BOT)).toMatchObject(want);
    expect(upstream.calls).toHaveLength(1);
  });

  it('that time out after sending are unknown', async () => {
    upstream.script = () => 'hang';
    const outcome = await open({ timeouts: { totalMs: 200 } }).createBot(BOT);
    expect(outcome).toMatchObject({
      kind: 'unknown',
      failure: { class: 'unavailable', httpStatus: null, message: expect.stringContaining('time-out') as string },
    });
    expect(upstream.calls).toHaveLength(1);
  });

  it('that found no connection were certainly not sent', async () => {
    const account = open();
    await account.login();
    await upstream.stop();
    const outcome = await account.createBot(BOT);
    expect(outcome).toMatchObject({
      kind: 'refused',
      failure: { class: 'unavailable', message: expect.stringContaining('ECONNREFUSED') as string },
    });
    upstream = await ScriptedUpstream.start();
  });

  it('that timed out in the queue for a connection were certainly not sent, and are not sent later', async () => {
    upstream.script = () => 'hang';
    const account = open({ connections: 1, timeouts: { totalMs: 300 } });
    await account.login();
    const both = [account.createBot(BOT), account.createBot(BOT)] as const;
    expect((await Promise.all(both)).map(({ kind }) => kind)).toEqual(['unknown', 'refused']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(upstream.calls).toHaveLength(1);
  });

  it('are refused unsent when dry-run is on, without even a login', async () => {
    const outcome = await open({ dryRun: true }).createBot(BOT);
    expect(outcome).toMatchObject({ kind: 'refused', failure: { class: 'dry_run', httpStatus: null } });
    expect(upstream.received).toEqual([]);
  });

  it('send the documented bodies', async () => {
    const account = open();
    const fields = {
      forInboundCall: 2,
      forOutboundCall: 3,
      inboundBotId: null,
      inboundTrunkId: 31,
      outboundBotId: 58,
      outboundTrunkId: null,
      active: true,
    } as const;
    const keep = {
      id: 58,
      bot_name: 'old',
      webhook_url: 'https://h.example',
      noise_cancel: '1',
      status: 0,
      client_id: 702,
      status_label: 'x',
      created_at: 'y',
      client: {},
      audio_format: null,
    };
    const routingAsRead = {
      id: 220,
      did_id: 1311,
      did_number: 918000000017,
      client_id: 702,
      for_inbound_call: 2,
      for_outbound_call: 2,
      inbound_sip_trunk_id: 30,
      outbound_sip_trunk_id: 32,
      inbound_mobile: '919000000033',
      time_setting_id: 4,
      type_label: 'x',
      bot: {},
      status: 0,
    };
    await account.mapDid({ didId: 1311, clientId: 702, callRecording: 0 });
    await account.createBot(BOT);
    await account.updateBot(58, { name: 'main', websocketUrl: 'wss://x.example/ws', active: true }, keep);
    await account.createRouting({ didId: 1311, didNumber: '918000000017', fields });
    await account.updateRouting(220, fields, routingAsRead);
    const bot = { bot_name: 'main', websocket_url: 'wss://x.example/ws', status: 1 };
    const routing = {
      for_inbound_call: 2,
      for_outbound_call: 3,
      inbound_sip_trunk_id: 31,
      outbound_websocket_bot_id: 58,
      status: 1,
    };
    expect(upstream.calls.map(({ method, path, body }) => [`${method} ${path}`, body])).toEqual([
      ['POST /api/v1/reseller/client/map-did', { client_id: 702, did_id: 1311, call_recording: 0 }],
      ['POST /api/v1/websocket-bot/create', { ...bot, client_id: 702 }],
      [
        'POST /api/v1/websocket-bot/update/58',
        { ...bot, webhook_url: 'https://h.example', noise_cancel: '1', client_id: 702 },
      ],
      ['POST /api/v1/call-routing/create', { did_id: 1311, ...routing }],
      ['POST /api/v1/call-routing/update/220', { ...routing, inbound_mobile: '919000000033', time_setting_id: 4 }],
    ]);
  });
});

describe('raw calls', () => {
  it('pass method, path, query and body through, and the body of the answer back', async () => {
    const body = { status: true, data: { anything: ['as', 'is'] } };
    upstream.script = () => ({ json: body });
    const { raw } = open();
    expect(
      await raw.call({
        method: 'GET',
        path: '/v1/reseller/clients',
        query: { page: 2, search: 'x', status: undefined },
      }),
    ).toEqual({ kind: 'ok', httpStatus: 200, body });
    await raw.call({ method: 'POST', path: '/v1/reseller/client/update/702', body: { first_name: 'Nila' } });
    expect(upstream.calls.map(({ path, body: sent }) => [path, sent])).toEqual([
      ['/api/v1/reseller/clients?page=2&search=x', null],
      ['/api/v1/reseller/client/update/702', { first_name: 'Nila' }],
    ]);
  });

  it('tell which field VoiceLink did not like', async () => {
    upstream.script = () => ({
      status: 422,
      json: { message: 'The given data was invalid.', errors: { bot_name: ['is required'] } },
    });
    const outcome = await open().raw.call({ method: 'POST', path: '/v1/websocket-bot/create', body: {} });
    expect(outcome).toEqual({
      kind: 'refused',
      failure: {
        class: 'rejected',
        httpStatus: 422,
        message: 'POST /v1/websocket-bot/create: HTTP 422: The given data was invalid.: bot_name: is required',
        retryAfterMs: null,
      },
      fields: { bot_name: ['is required'] },
    });
  });

  it.each([
    '/v1/auth/logout',
    '/v1/reseller/purchase/did',
    '/v1/reseller/did/release',
    '/v1/add_lead',
    '/v1/websocket-bot/update/1/../../x',
  ])('refuse %s unsent: it is no endpoint that Dialtone calls', async (path) => {
    expect(await open().raw.call({ method: 'POST', path, body: {} })).toMatchObject({
      kind: 'refused',
      failure: { class: 'rejected', httpStatus: null },
    });
    expect(upstream.received).toEqual([]);
  });
});

describe('placing a call', () => {
  const CALL = { from: '918000000019', to: '919800000001', parameters: { call_id: 'c', variables: { name: 'Größe' } } };

  it('sends both numbers as digits and the parameters as a text, and reads the id in the queue', async () => {
    upstream.script = () => ({ json: { status: true, message: 'Lead added.', data: { outbound_queue_id: 4401 } } });
    expect(await open().placeCall(CALL)).toEqual({ kind: 'accepted', id: 4401 });
    expect(upstream.calls).toMatchObject([
      {
        method: 'POST',
        path: '/api/v1/add_lead',
        body: {
          did_number: '918000000019',
          customer_number: '919800000001',
          custom_parameters: '{"call_id":"c","variables":{"name":"Größe"}}',
        },
      },
    ]);
    expect(outcomes()).toEqual(['POST /v1/auth/login ok', 'POST /v1/add_lead ok']);
  });

  it('names where VoiceLink tells how it goes, which no message repeats', async () => {
    const webhookUrl = 'https://api.example.com/callbacks/voicelink/canary-token/status?call=c';
    upstream.script = () => ({ status: 422, json: { message: `${webhookUrl} is not reachable` } });
    const placed = await open().placeCall({ ...CALL, webhookUrl });
    expect(upstream.calls).toMatchObject([{ body: { webhook_url: webhookUrl } }]);
    expect(placed.kind).toBe('refused');
    expect(JSON.stringify(placed)).not.toContain('canary-token');
  });

  it('is accepted also when the answer does not say under which id', async () => {
    upstream.script = () => ({ json: { status: true } });
    expect(await open().placeCall(CALL)).toEqual({ kind: 'accepted', id: null });
  });

  it('tells why VoiceLink refused it', async () => {
    upstream.script = () => ({ status: 422, json: { message: 'No.', errors: { did_number: ['is invalid'] } } });
    expect(await open().placeCall(CALL)).toMatchObject({
      kind: 'refused',
      failure: { class: 'rejected', httpStatus: 422 },
      fields: { did_number: ['is invalid'] },
    });
  });

  it.each<{ name: string; answer: Scripted }>([
    { name: 'a lost connection', answer: 'cut' },
    { name: 'a 500', answer: { status: 500, json: {} } },
    { name: 'a page instead of JSON', answer: { text: '<html>' } },
  ])('is unknown after $name, and not sent again', async ({ answer }) => {
    upstream.script = () => answer;
    expect(await open().placeCall(CALL)).toMatchObject({ kind: 'unknown', failure: { class: 'unavailable' } });
    expect(upstream.calls).toHaveLength(1);
  });

  it('is sent once more after a 401, which proves that nothing was done', async () => {
    upstream.script = ({ authorization }) => (authorization === 'Bearer 1|token' ? { status: 401, json: {} } : created);
    expect(await open().placeCall(CALL)).toEqual({ kind: 'accepted', id: 58 });
    expect(upstream.calls).toHaveLength(2);
  });

  it('is refused unsent in a dry run', async () => {
    expect(await open({ dryRun: true }).placeCall(CALL)).toMatchObject({
      kind: 'refused',
      failure: { class: 'dry_run' },
    });
    expect(upstream.received).toEqual([]);
  });
});

describe('the observer', () => {
  it('sees every request with a bounded endpoint name and its outcome', async () => {
    let count = 0;
    upstream.script = ({ method }) =>
      method === 'POST' ? { status: 500, json: {} } : (count += 1) === 1 ? { status: 503, json: {} } : { json: [] };
    const account = open();
    await account.list('clients');
    await account.updateRouting(
      220,
      {
        forInboundCall: 1,
        forOutboundCall: 4,
        inboundBotId: null,
        inboundTrunkId: null,
        outboundBotId: null,
        outboundTrunkId: null,
        active: true,
      },
      {},
    );
    expect(outcomes()).toEqual([
      'POST /v1/auth/login ok',
      'GET /v1/reseller/clients unavailable',
      'GET /v1/reseller/clients ok',
      'POST /v1/call-routing/update/{id} unknown',
    ]);
    expect(events.map(({ httpStatus }) => httpStatus)).toEqual([200, 503, 200, 500]);
    expect(events.every(({ durationMs }) => durationMs > 0)).toBe(true);
  });

  it('cannot cost an outcome by throwing', async () => {
    upstream.script = () => created;
    const observer = (): never => {
      throw new Error('metrics are down');
    };
    expect(await open({ observer }).createBot(BOT)).toEqual({ kind: 'accepted', id: 58 });
  });
});

describe('closing', () => {
  it('ends calls in flight, a sent write as unknown, and refuses later ones', async () => {
    upstream.script = () => 'hang';
    const account = open();
    await account.login();
    const write = account.createBot(BOT);
    const read = account.list('clients');
    while (upstream.calls.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await account.close();
    expect(await write).toMatchObject({
      kind: 'unknown',
      failure: { message: expect.stringContaining('client closed') as string },
    });
    expect((await read).status).toBe('failed');
    expect(await account.createBot(BOT)).toMatchObject({ kind: 'refused', failure: { class: 'unavailable' } });
    await account.close();
    expect(upstream.calls).toHaveLength(2);
  });

  it('ends the wait between two attempts of a read', async () => {
    upstream.script = () => ({ status: 503, json: {} });
    const account = open({ readRetry: { baseMs: 60_000, maxDelayMs: 60_000 } });
    const read = account.list('clients');
    while (upstream.calls.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await account.close();
    expect((await read).status).toBe('failed');
  });
});

describe('connecting', () => {
  it('counts a connection that never answers the handshake as not sent', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = (server.address() as AddressInfo).port;
    // A TLS client waits for a hello that a silent TCP server never sends.
    const account = open({
      baseUrl: `https://127.0.0.1:${String(port)}`,
      timeouts: { connectMs: 200 },
      readRetry: { retries: 0 },
    });
    expect(await account.login()).toMatchObject({
      kind: 'refused',
      failure: { class: 'unavailable', message: expect.stringContaining('time-out') as string },
    });
    await account.close();
    server.close();
  });
});

describe('options that cannot work', () => {
  const credentials = { username: 'u', password: 'p' };
  it.each([
    { name: 'baseUrl', options: { baseUrl: 'app.voicelink.co.in' } },
    { name: 'baseUrl', options: { baseUrl: 'ftp://app.voicelink.co.in' } },
    { name: 'expiryTimezoneOffset', options: { baseUrl: 'https://x.example', expiryTimezoneOffset: 'IST' } },
  ])('are named: $name of $options', ({ name, options }) => {
    expect(() => createVoiceLinkAccount({ credentials, ...options })).toThrow(name);
  });
});
