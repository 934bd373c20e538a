import type { CallReading, CarrierName } from '../src';
import plivoAnswers from './published/plivo.json';
import twilioAnswers from './published/twilio.json';
import type { LoopbackAnswer, ReceivedRequest } from '@dialtone/testing';
import { openAt, ORDER, useCarrier } from './scripted-carrier';

const LOGGED_IN: LoopbackAnswer = { json: { success: true, access_token: 'canary-token' } };
const isLogin = ({ path }: ReceivedRequest): boolean => path === '/v1/auth/login';

describe('the numbers of', () => {
  const { carrier } = useCarrier();
  const list = (name: CarrierName) => openAt(carrier().url, name).listNumbers();
  const byPath = (answers: Readonly<Record<string, unknown>>): void => {
    carrier().tell = (got) => {
      if (isLogin(got)) return LOGGED_IN;
      return got.path in answers ? { json: answers[got.path] } : { status: 404, json: {} };
    };
  };

  it('Twilio are read to the last page', async () => {
    const path = '/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/IncomingPhoneNumbers.json';
    const page = { ...twilioAnswers.answers.numbers, next_page_uri: `${path}?Page=1&PageSize=1000` };
    byPath({
      [`${path}?PageSize=1000`]: page,
      [`${path}?Page=1&PageSize=1000`]: {
        incoming_phone_numbers: [{ phone_number: '+14155550100', capabilities: { voice: true } }],
      },
    });
    const listing = await list('twilio');
    expect(listing).toMatchObject({ kind: 'listed', complete: true });
    const numbers = listing.kind === 'listed' ? listing.numbers : [];
    expect(numbers).toHaveLength(twilioAnswers.answers.numbers.incoming_phone_numbers.length + 1);
    expect(numbers.at(-1)).toMatchObject({ number: '+14155550100', voice: true });
  });

  it.each(['https://evil.example/x', '/2010-04-01/Accounts/other/IncomingPhoneNumbers.json?Page=1'])(
    'Twilio are not read elsewhere: %s',
    async (next_page_uri) => {
      carrier().tell = () => ({ json: { incoming_phone_numbers: [], next_page_uri } });
      expect(await list('twilio')).toMatchObject({ kind: 'listed', complete: false });
      expect(carrier().got).toHaveLength(1);
    },
  );

  it('Plivo are read to the last page, in the form that its own library has recorded', async () => {
    const path = '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Number/';
    const { numberListResponse: page } = plivoAnswers;
    const count = page.objects.length;
    byPath({
      [`${path}?limit=20&offset=0`]: page,
      [`${path}?limit=20&offset=${String(count)}`]: { ...page, meta: { ...page.meta, next: null } },
    });
    const listing = await list('plivo');
    expect(listing).toMatchObject({ kind: 'listed', complete: true });
    const numbers = listing.kind === 'listed' ? listing.numbers : [];
    expect(numbers).toHaveLength(2 * count);
    expect(numbers[0]).toMatchObject({ id: '18135401302', number: '18135401302', voice: true });
  });

  it('Vobiz are read by page and total', async () => {
    const path = '/api/v1/Account/MA_12345/numbers';
    const items = Array.from({ length: 100 }, (_, nth) => ({
      id: String(nth),
      e164: `+91801122${String(1000 + nth)}`,
    }));
    byPath({
      [`${path}?page=1&per_page=100`]: { items, total: 101 },
      [`${path}?page=2&per_page=100`]: {
        items: [{ id: 'x', e164: '+918011223344', voice_enabled: false }],
        total: 101,
      },
    });
    const listing = await list('vobiz');
    expect(listing).toMatchObject({ kind: 'listed', complete: true });
    expect(listing.kind === 'listed' && listing.numbers.at(-1)).toMatchObject({ id: 'x', voice: false });
  });

  it('Exotel are read by the query of the next page', async () => {
    const path = '/v2_beta/Accounts/partner1/IncomingPhoneNumbers';
    byPath({
      [path]: {
        incoming_phone_numbers: [{ sid: '1', phone_number: '+918047112233' }],
        next_page_uri: '?Page=1&PageSize=50',
      },
      [`${path}?Page=1&PageSize=50`]: {
        incoming_phone_numbers: [{ sid: '2', phone_number: '+918047112234' }],
        next_page_uri: null,
      },
    });
    expect(await list('exotel')).toMatchObject({ complete: true, numbers: [{ id: '1' }, { id: '2' }] });
  });

  it.each([
    { name: 'a bare list', json: [{ id: 9, did: '+918047112233', name: 'Main' }] },
    { name: 'a list in data', json: { data: [{ id: 9, did: '+918047112233', name: 'Main' }] } },
  ])('Smartflo come as $name', async ({ json }) => {
    byPath({ '/v1/my_number': json });
    expect(await list('tata_smartflo')).toMatchObject({
      complete: true,
      numbers: [{ id: '9', number: '+918047112233', name: 'Main', voice: null }],
    });
    expect(carrier().last.headers.authorization).toBe('Bearer canary-token');
  });

  it('MCube and a SIP trunk are not listed', async () => {
    expect([await list('mcube'), await list('sip')]).toEqual([{ kind: 'unsupported' }, { kind: 'unsupported' }]);
    expect(carrier().got).toEqual([]);
  });

  it.each<{ name: string; told: LoopbackAnswer }>([
    { name: 'fails', told: { status: 500 } },
    { name: 'is cut', told: 'cut' },
    { name: 'is no list', told: { json: { message: 'hello' } } },
  ])('any carrier are not complete when a page $name, and what was read is kept', async ({ told }) => {
    let asked = 0;
    carrier().tell = () => {
      asked += 1;
      const objects = [{ number: '918011223344' }];
      return asked === 1 ? { json: { objects, meta: { next: '/more' } } } : told;
    };
    expect(await list('plivo')).toMatchObject({ complete: false, numbers: [{ number: '918011223344' }] });
    expect(asked).toBe(2);
  });

  it('any carrier are not read for ever', async () => {
    carrier().tell = () => ({
      json: { incoming_phone_numbers: [{ phone_number: '1' }], next_page_uri: '?Page=1' },
    });
    expect(await list('exotel')).toMatchObject({ complete: false });
    expect(carrier().got).toHaveLength(2);
  });
});

describe('a call at', () => {
  const { carrier } = useCarrier();
  const read = async (
    name: CarrierName,
    answers: Readonly<Record<string, unknown>>,
    id = 'call-1',
  ): Promise<CallReading> => {
    carrier().tell = (got) => {
      if (isLogin(got)) return LOGGED_IN;
      const [path = ''] = got.path.split('?').slice(got.path in answers ? 2 : 0);
      const json = answers[got.path] ?? answers[path];
      return json === undefined ? { status: 404, json: {} } : { json };
    };
    return openAt(carrier().url, name).readCall(id);
  };
  const PLIVO = '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Call/call-1/';
  const { liveCallGetResponse: live, callGetResponse: over } = plivoAnswers;

  it.each([
    { name: 'a live call', answers: { [`${PLIVO}?status=live`]: live }, want: { state: 'in_progress' } },
    {
      name: 'a queued call',
      answers: { [`${PLIVO}?status=queued`]: { call_status: 'queued' } },
      want: { state: 'pending' },
    },
    {
      name: 'a call that was not answered',
      answers: { [PLIVO]: over },
      want: { state: 'failed', durationSeconds: null },
    },
    {
      name: 'a call that was',
      answers: { [PLIVO]: { ...over, answer_time: '2017-05-22 17:49:33+05:30', bill_duration: 7 } },
      want: { state: 'completed', durationSeconds: 7 },
    },
    {
      name: 'a call that was answered and led nowhere',
      answers: {
        [PLIVO]: {
          ...over,
          answer_time: '2017-05-22 17:49:33+05:30',
          hangup_cause_name: 'Error Reaching Answer URL',
          hangup_cause_code: 7011,
        },
      },
      want: { state: 'failed', reason: 'Error Reaching Answer URL (7011)' },
    },
    {
      name: 'a busy line',
      answers: { [PLIVO]: { ...over, hangup_cause_name: 'Busy Line', hangup_cause_code: 3010 } },
      want: { state: 'busy', reason: 'Busy Line (3010)' },
    },
    {
      name: 'a caller id that is not rented',
      answers: { [PLIVO]: { ...over, hangup_cause_name: 'Violates Caller ID', hangup_cause_code: 3030 } },
      want: { state: 'failed', reason: 'Violates Caller ID (3030)' },
    },
  ])('Plivo is read: $name', async ({ answers, want }) => {
    expect(await read('plivo', answers)).toMatchObject({ kind: 'known', ...want });
  });

  it.each<{ name: CarrierName; path: string; json: unknown; want: object }>([
    {
      name: 'twilio',
      path: '/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Calls/call-1.json',
      json: { status: 'completed', duration: '15' },
      want: { state: 'completed', durationSeconds: 15 },
    },
    {
      name: 'vobiz',
      path: '/api/v1/Account/MA_12345/cdr/call-1',
      json: { hangup_cause: 'NO_ANSWER' },
      want: { state: 'no_answer' },
    },
    {
      name: 'exotel',
      path: '/v1/Accounts/partner1/Calls/call-1.json',
      json: { Call: { Status: 'in-progress' } },
      want: { state: 'pending' },
    },
    {
      name: 'tata_smartflo',
      path: '/v1/call/records',
      json: {
        results: [
          { call_id: 'other', status: 'answered' },
          { call_id: 'call-1', status: 'missed' },
        ],
      },
      want: { state: 'no_answer' },
    },
    {
      name: 'sip',
      path: '/v1/Accounts/acc-1/Calls/call-1',
      json: { call_status: 'failed', sip_status: 503 },
      want: { state: 'failed', reason: 'SIP 503' },
    },
  ])('$name is read', async ({ name, path, json, want }) => {
    expect(await read(name, { [path]: json })).toMatchObject({ kind: 'known', ...want });
    expect(await read(name, {})).toEqual({ kind: 'not_found' });
    expect(await read(name, { [path]: { status: 'a new word', call_status: 'a new word' } })).toEqual({
      kind: 'not_found',
    });
    carrier().tell = (got) => (isLogin(got) ? LOGGED_IN : { status: 500 });
    expect(await openAt(carrier().url, name).readCall('call-1')).toMatchObject({ kind: 'failed' });
  });

  it('MCube cannot be read', async () => {
    expect(await openAt(carrier().url, 'mcube').readCall('1')).toEqual({ kind: 'unsupported' });
  });

  it.each<{ name: CarrierName; lines: readonly string[]; body: string }>([
    {
      name: 'twilio',
      lines: ['POST /2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Calls/call-1.json'],
      body: 'Status=completed',
    },
    { name: 'plivo', lines: [`DELETE ${PLIVO}`], body: '' },
    { name: 'vobiz', lines: ['DELETE /api/v1/Account/MA_12345/Call/call-1/'], body: '' },
    { name: 'exotel', lines: [], body: '' },
    { name: 'tata_smartflo', lines: ['POST /v1/auth/login', 'POST /v1/call/hangup'], body: '{"call_id":"call-1"}' },
    { name: 'mcube', lines: ['POST /hangup-api/call-release'], body: 'callid' },
    { name: 'sip', lines: ['POST /v1/Accounts/acc-1/Calls/call-1'], body: '{"call_status":"completed"}' },
  ])('$name is ended where that is possible', async ({ name, lines, body }) => {
    carrier().tell = (got) => (isLogin(got) ? LOGGED_IN : { status: 204 });
    const ending = await openAt(carrier().url, name).endCall('call-1');
    expect(ending.kind).toBe(lines.length === 0 ? 'unsupported' : 'ended');
    expect(carrier().lines).toEqual(lines);
    if (lines.length > 0) expect(carrier().last.body).toContain(body);
  });

  it('Plivo that is not dialled yet is ended as a request', async () => {
    carrier().tell = ({ path }) => (path.includes('/Request/') ? { status: 204 } : { status: 404, json: {} });
    expect(await openAt(carrier().url, 'plivo').endCall('u-1')).toEqual({ kind: 'ended' });
    expect(carrier().lines.at(-1)).toBe('DELETE /v1/Account/MAXXXXXXXXXXXXXXXXXX/Request/u-1/');
  });

  it('Smartflo shares one login, and logs in once more when the token is refused', async () => {
    let logins = 0;
    let loggedInAgain = (): void => undefined;
    const secondLogin = new Promise<void>((resolve) => (loggedInAgain = resolve));
    carrier().tell = async (got) => {
      if (isLogin(got)) return { json: { success: true, access_token: `token-${String((logins += 1))}` } };
      const isRenewed = got.headers.authorization === 'Bearer token-2';
      if (isRenewed) loggedInAgain();
      // The list hears that its token is refused only when the call has got a new one.
      else if (got.method === 'GET') await secondLogin;
      if (!isRenewed) return { status: 401, json: {} };
      return { json: got.method === 'GET' ? [] : { success: true, ref_id: 'r' } };
    };
    const account = openAt(carrier().url, 'tata_smartflo');
    const [placed, listing] = await Promise.all([account.placeCall(ORDER), account.listNumbers()]);
    expect([placed, listing, logins]).toMatchObject([{ kind: 'accepted' }, { complete: true }, 2]);
  });

  it('Smartflo that refuses new tokens, too, is asked twice and no more', async () => {
    carrier().tell = (got) => (isLogin(got) ? LOGGED_IN : { status: 401, json: {} });
    const placed = await openAt(carrier().url, 'tata_smartflo').placeCall(ORDER);
    expect(placed).toMatchObject({ kind: 'refused', failure: { reason: 'unauthorized' } });
    expect(carrier().lines).toEqual([
      'POST /v1/auth/login',
      'POST /v1/click_to_call',
      'POST /v1/auth/login',
      'POST /v1/click_to_call',
    ]);
  });

  it('Smartflo is placed with the key of Click to Call Support when there is one, and not at all without any way', async () => {
    carrier().tell = () => ({ json: { success: true, ref_id: 'r' } });
    await openAt(carrier().url, 'tata_smartflo', { api_key: 'canary-key', agent_number: '' }).placeCall(ORDER);
    expect(carrier().lines).toEqual(['POST /v1/click_to_call_support']);
    expect(JSON.parse(carrier().last.body)).toEqual({
      async: 1,
      caller_id: '918047112233',
      custom_identifier: ORDER.callId,
      api_key: 'canary-key',
      customer_number: '919876543210',
      customer_ring_timeout: 30,
    });
    carrier().clear();
    const placed = await openAt(carrier().url, 'tata_smartflo', { agent_number: '' }).placeCall(ORDER);
    expect(placed).toMatchObject({ kind: 'refused', failure: { reason: 'not_configured' } });
    expect(carrier().got).toEqual([]);
  });

  it('MCube is asked for Indian numbers only: any other would ring a person in India', async () => {
    carrier().tell = () => ({ json: { status: 'succ', callid: 1 } });
    const account = openAt(carrier().url, 'mcube');
    for (const to of ['+14155550100', '+9198765432101', '+91987654321', '+19876543210']) {
      expect(await account.placeCall({ ...ORDER, to })).toMatchObject({
        kind: 'refused',
        failure: { reason: 'rejected' },
      });
    }
    expect(carrier().got).toEqual([]);
    await account.placeCall(ORDER);
    expect(JSON.parse(carrier().last.body)).toMatchObject({
      exenumber: '8047112233',
      custnumber: '9876543210',
      refurl: ORDER.answerUrl,
      refid: ORDER.callId,
    });
  });

  it.each<{ name: CarrierName; json: unknown }>([
    { name: 'tata_smartflo', json: { success: false, message: 'caller_id is not yours' } },
    { name: 'mcube', json: { status: false, msg: 'executive is busy' } },
    { name: 'mcube', json: { status: 'false', msg: 'executive is busy' } },
  ])('$name is refused inside of an answer 200', async ({ name, json }) => {
    carrier().tell = (got) => (isLogin(got) ? LOGGED_IN : { json });
    expect(await openAt(carrier().url, name).placeCall(ORDER)).toMatchObject({
      kind: 'refused',
      failure: { reason: 'rejected', message: expect.stringMatching(/not yours|is busy/) as string },
    });
  });

  it('SIP needs a media gateway, and says which setting names it', async () => {
    const trunk = openAt(carrier().url, 'sip', {}, { sipGateway: null });
    expect(await trunk.placeCall(ORDER)).toMatchObject({
      kind: 'refused',
      failure: { reason: 'not_configured', message: expect.stringContaining('SIP_GATEWAY_URL') as string },
    });
    expect(await trunk.readCall('1')).toEqual({ kind: 'unsupported' });
    expect(carrier().got).toEqual([]);
  });
});
