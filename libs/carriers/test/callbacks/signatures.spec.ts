import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import * as plivo from 'plivo';
import twilio from 'twilio';
import { fieldsOf, type CallbackRequest, type CarrierName } from '../../src';
import { pairsOf } from '../../src/callbacks/read-fields';
import { plivoSignature } from '../../src/plivo/plivo-callbacks';
import { twilioSignature } from '../../src/twilio/twilio-callbacks';
import { BASE, formRequest, NONCE, NOW, prove, TOKEN } from './signed';

const PATH = `${BASE}/x/${'t'.repeat(43)}/status`;
const URL_WITH_QUERY = `${PATH}?call=c1&b=1`;
const JSON_TYPE = { 'content-type': 'application/json' };

type Fields = Readonly<Record<string, string | string[]>>;
const formOf = (fields: Fields): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
  ).toString();
const sign = (algorithm: string, text: string, encoding: 'base64' | 'hex' = 'base64'): string =>
  createHmac(algorithm, TOKEN).update(text).digest(encoding);

const byTwilio = (fields: Fields, url = URL_WITH_QUERY): CallbackRequest =>
  formRequest(url, formOf(fields), {
    'x-twilio-signature': twilio.getExpectedTwilioSignature(TOKEN, url, fields as Record<string, string>),
  });
const byPlivo = (fields: Fields, url = URL_WITH_QUERY, token = TOKEN): CallbackRequest => {
  const body = formOf(fields);
  const signature = plivoSignature(token, { method: 'POST', url, form: pairsOf(body), nonce: NONCE });
  return formRequest(url, body, { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': NONCE });
};
const byVobiz = (fields: Fields): CallbackRequest =>
  formRequest(URL_WITH_QUERY, formOf(fields), {
    'x-vobiz-signature-v3': sign('sha256', `${PATH}.${NONCE}`),
    'x-vobiz-signature-v3-nonce': NONCE,
  });
const byGateway = (fields: Fields, seconds = NOW / 1000): CallbackRequest => {
  const body = JSON.stringify(fields);
  const signature = `t=${String(seconds)},v1=${sign('sha256', `${String(seconds)}.${body}`, 'hex')}`;
  return { method: 'POST', url: PATH, headers: { ...JSON_TYPE, 'jambonz-signature': signature }, body };
};

const FIELDS = { CallSid: 'CA1', CallUUID: 'u-1', CallStatus: 'completed', From: '+918011223344', To: 'a b&ü' };

const name = fc.stringMatching(/^[A-Za-z_\][]{1,8}$/).filter((text) => text !== '__proto__');
const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.stringMatching(/^[+%&= a-z]{0,8}$/));
const fields = fc.dictionary(name, value, { maxKeys: 8, noNullPrototype: true });
const lists = fc.dictionary(name, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 })), {
  maxKeys: 6,
  noNullPrototype: true,
});

describe('the official clients and we', () => {
  it('make the same signature of the same form for Twilio', () => {
    fc.assert(
      fc.property(lists, (form) => {
        expect(prove('twilio', byTwilio(form))).not.toBe('wrong');
        const ours = twilioSignature(TOKEN, URL_WITH_QUERY, pairsOf(formOf(form)));
        expect(twilio.validateRequest(TOKEN, ours, URL_WITH_QUERY, form)).toBe(true);
      }),
    );
  });

  it.each(['POST', 'GET'] as const)('make the same signature for Plivo, with a query and without: %s', (method) => {
    fc.assert(
      fc.property(fields, fields, (query, form) => {
        const url = Object.keys(query).length === 0 ? PATH : `${PATH}?${formOf(query)}`;
        const ours = plivoSignature(TOKEN, { method, url, form: pairsOf(formOf(form)), nonce: NONCE });
        const params = method === 'POST' ? form : {};
        expect(plivo.validateV3Signature(method, url, NONCE, TOKEN, ours, { ...params })).toBe(true);
      }),
    );
  });

  it.each(['https://api.example.com/x?c=1', 'https://api.example.com:443/x?c=1', 'https://api.example.com:8443/x'])(
    'take a Twilio signature with the port and without: %s',
    (url) => {
      const given = (spelled: string) => ({
        ...byTwilio(FIELDS, spelled),
        url,
      });
      for (const spelled of [url, url.replace(/:\d+\//, '/'), url.replace(/com\//, 'com:443/')]) {
        const request = given(spelled);
        const signature = String(request.headers['x-twilio-signature']);
        expect(prove('twilio', request) === 'message').toBe(twilio.validateRequest(TOKEN, signature, url, FIELDS));
      }
    },
  );

  it('cover a JSON body of Twilio by its digest', () => {
    const body = '{"a":1}';
    const digest = twilio.getExpectedBodyHash(body);
    const url = `${PATH}?bodySHA256=${digest}`;
    const headers = { ...JSON_TYPE, 'x-twilio-signature': twilio.getExpectedTwilioSignature(TOKEN, url, {}) };
    expect(prove('twilio', { method: 'POST', url, headers, body })).toBe('message');
    expect(prove('twilio', { method: 'POST', url, headers, body: '{"a":2}' })).toBe('wrong');
  });
});

describe('known signatures', () => {
  it('of Twilio', () => {
    const url = 'https://api.example.com/hooks/twilio/status?c=42';
    const body =
      'CallSid=CA00000000000000000000000000000001&CallStatus=completed&From=%2B14155550100&To=%2B14155550123&CallDuration=12';
    expect(prove('twilio', formRequest(url, body, { 'x-twilio-signature': 'Uk+5jZEfuAZNfmBpoVAUz9S/xs4=' }))).toBe(
      'message',
    );
  });

  const hook = 'https://api.example.com/hooks/plivo/hangup';
  const form = 'CallUUID=u-1&CallStatus=completed&From=918011223344&To=919876543210';
  it.each([
    { carrier: 'plivo', url: hook, body: form, signature: 'GakCCjl3/H9uSOzlJVaAbCax7Lj9sl0lJQu/b/NbifY=' },
    {
      carrier: 'plivo',
      url: `${hook}?call=abc&b=1`,
      body: form,
      signature: 'gCQQqDI1bLhccwAtRux4i6vFPcJwOxcgxpmSpMl8TpA=',
    },
    {
      carrier: 'plivo',
      url: `${hook}?call=abc&b=1`,
      body: '',
      signature: 'OfonWvL4TjvYHyngr8J/xgJ8rla+DgN3m97wWufV+cw=',
    },
    { carrier: 'vobiz', url: hook, body: form, signature: 'joPxM3I5FucNZdbdSbyf7r1X1FP6Z1SMp6qVlJfa5s0=' },
  ] as const)('of $carrier: $signature', ({ carrier, url, body, signature }) => {
    const headers = {
      [`x-${carrier}-signature-v3`]: `other=,${signature}`,
      [`x-${carrier}-signature-v3-nonce`]: NONCE,
    };
    const field = (): string => `${carrier}-token${carrier === 'plivo' ? '-0123456789' : ''}`;
    const request = { ...formRequest(url, body, headers), method: body === '' ? ('GET' as const) : ('POST' as const) };
    expect(prove(carrier, request, { field })).toBe(carrier === 'plivo' ? 'message' : 'address');
  });
});

const changedAt = (text: string, index: number, to: string): string => {
  const at = index % Math.max(1, text.length);
  return text.slice(0, at) + to + text.slice(at + 1);
};

describe('a changed byte', () => {
  const SIGNED: readonly (readonly [CarrierName, CallbackRequest])[] = [
    ['twilio', byTwilio(FIELDS)],
    ['plivo', byPlivo(FIELDS)],
    ['plivo', byPlivo({})],
    ['sip', byGateway(FIELDS)],
    ['vobiz', byVobiz({})],
  ];
  /** A field without name and value is none. */
  const meaning = (request: CallbackRequest): string => {
    const { ['']: nameless, ...named } = fieldsOf(request);
    return JSON.stringify([request.url.split('?')[0], request.headers, named, nameless === '' ? undefined : nameless]);
  };
  /** These sign names and values run together: that `To=1` became `To&1` shows in no signature, nor in their own packages. */
  const RUN_TOGETHER: ReadonlySet<CarrierName> = new Set(['twilio', 'plivo']);
  const runTogether = (request: CallbackRequest): string =>
    Object.entries(fieldsOf(request))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flat()
      .join('');
  const covers = (carrier: CarrierName, { url }: CallbackRequest): boolean =>
    carrier === 'sip' ? url === PATH : carrier !== 'vobiz' || !url.startsWith(PATH);

  it.each(SIGNED)('anywhere is refused, in what %s signs', (carrier, request) => {
    expect(prove(carrier, request)).not.toBe('wrong');
    const places = ['url', 'body', ...Object.keys(request.headers).filter((header) => header !== 'content-type')];
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.nat(600),
        fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
        (place, index, to) => {
          const { url, body, headers } = request;
          const changed = {
            ...request,
            ...(place === 'url' && { url: changedAt(url, index, to) }),
            ...(place === 'body' && { body: changedAt(body, index, to) }),
            ...(place in headers && { headers: { ...headers, [place]: changedAt(String(headers[place]), index, to) } }),
          };
          // %2B and %2b are one byte of a value. Vobiz signs the URL without its query, the media gateway the body alone.
          fc.pre(meaning(changed) !== meaning(request));
          fc.pre(covers(carrier, changed) || place.includes('signature'));
          fc.pre(!RUN_TOGETHER.has(carrier) || place !== 'body' || runTogether(changed) !== runTogether(request));
          expect(['wrong', 'stale']).toContain(prove(carrier, changed));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, CarrierName, CallbackRequest]>([
    ['another token', 'plivo', byPlivo(FIELDS, URL_WITH_QUERY, 'other')],
    ['http for https', 'twilio', { ...byTwilio(FIELDS), url: URL_WITH_QUERY.replace('https', 'http') }],
    ['another host', 'plivo', { ...byPlivo(FIELDS), url: URL_WITH_QUERY.replace('api.', 'evil.') }],
    ['another call', 'vobiz', { ...byVobiz(FIELDS), url: URL_WITH_QUERY.replace('ttt', 'tut') }],
    ['a field more', 'twilio', { ...byTwilio(FIELDS), body: `${formOf(FIELDS)}&Timestamp=now` }],
    [
      'JSON in place of no body',
      'twilio',
      { ...byTwilio({}), headers: { ...byTwilio({}).headers, ...JSON_TYPE }, body: '{"CallStatus":"completed"}' },
    ],
    [
      'JSON in place of a form',
      'plivo',
      { ...byPlivo({}), headers: { ...byPlivo({}).headers, ...JSON_TYPE }, body: '{"CallStatus":"completed"}' },
    ],
    ['a GET with a body', 'plivo', { ...byPlivo(FIELDS), method: 'GET' }],
    ['no signature', 'twilio', { ...byTwilio(FIELDS), headers: {} }],
    ['no nonce', 'plivo', { ...byPlivo(FIELDS), headers: { 'x-plivo-signature-v3': 'a' } }],
    ['no signature', 'vobiz', { ...byVobiz(FIELDS), headers: { 'x-vobiz-signature-v3-nonce': NONCE } }],
    ['no signature', 'sip', { ...byGateway(FIELDS), headers: JSON_TYPE }],
  ])('%s is refused: %s', (_, carrier, request) => {
    expect(prove(carrier, request)).toBe('wrong');
  });

  it('of an empty token is no signature, though it verifies', () => {
    const request = byPlivo(FIELDS, URL_WITH_QUERY, '');
    for (const carrier of ['twilio', 'plivo', 'vobiz'] as const)
      expect(prove(carrier, request, { field: () => '' })).toBe('wrong');
  });
});

describe('a time', () => {
  const at = (ms: number): Fields => ({ ...FIELDS, Timestamp: new Date(ms).toUTCString().replace('GMT', '+0000') });
  const MINUTE = 60_000;
  it.each([
    [0, 'message'],
    [-4 * MINUTE, 'message'],
    [4 * MINUTE, 'message'],
    [-6 * MINUTE, 'stale'],
    [-86_400_000, 'stale'],
    [6 * MINUTE, 'stale'],
  ])('that is signed may be %i ms from now: %s', (ms, proof) => {
    expect(prove('twilio', byTwilio(at(NOW + ms)))).toBe(proof);
    expect(prove('sip', byGateway(FIELDS, (NOW + ms) / 1000))).toBe(proof);
  });

  it('that cannot be read is no time', () => {
    expect(prove('twilio', byTwilio({ ...FIELDS, Timestamp: 'soon' }))).toBe('message');
  });
});

it('carriers that sign nothing prove nothing', () => {
  const request = formRequest(PATH, formOf(FIELDS), {});
  for (const carrier of ['exotel', 'tata_smartflo', 'mcube'] as const) expect(prove(carrier, request)).toBe('none');
  expect(prove('sip', byGateway(FIELDS), { gatewaySecret: null })).toBe('none');
});

it('a digest of the body is of its bytes', () => {
  expect(createHash('sha256').update('ü').digest('hex')).toBe(twilio.getExpectedBodyHash('ü'));
});
