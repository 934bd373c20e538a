import { type CarrierName } from '../src';
import type { LoopbackAnswer, ReceivedRequest } from '@dialtone/testing';
import { carriersAt, openAt, ORDER, SOON, useCarrier } from './scripted-carrier';

const basicOf = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

interface Case {
  readonly name: CarrierName;
  readonly what: string;
  readonly told: LoopbackAnswer;
  readonly want: 'verified' | 'refused' | 'unknown';
}

const JSON_401 = { status: 401, json: { message: 'no' } };
const CASES: readonly Case[] = [
  {
    name: 'twilio',
    what: 'an active account',
    told: { json: { status: 'active', auth_token: 'x' } },
    want: 'verified',
  },
  { name: 'twilio', what: 'a suspended account', told: { json: { status: 'suspended' } }, want: 'refused' },
  { name: 'twilio', what: 'a wrong token', told: { status: 401, json: { code: 20003 } }, want: 'refused' },
  { name: 'twilio', what: 'test credentials', told: { status: 403, json: { code: 20008 } }, want: 'refused' },
  { name: 'twilio', what: 'no such account', told: { status: 404, json: { code: 20404 } }, want: 'refused' },
  { name: 'plivo', what: 'an account', told: { json: { auth_id: 'MA' } }, want: 'verified' },
  { name: 'plivo', what: 'a wrong token', told: JSON_401, want: 'refused' },
  { name: 'vobiz', what: 'an account', told: { json: { enabled: true, auth_secret: 's' } }, want: 'verified' },
  { name: 'vobiz', what: 'an account that is off', told: { json: { enabled: false } }, want: 'refused' },
  { name: 'vobiz', what: 'a wrong token', told: JSON_401, want: 'refused' },
  { name: 'exotel', what: 'a balance', told: { json: { Balance: {} } }, want: 'verified' },
  {
    name: 'exotel',
    what: 'a wrong token',
    told: { status: 401, json: { RestException: { Message: 'no' } } },
    want: 'refused',
  },
  { name: 'tata_smartflo', what: 'a login', told: { json: { success: true, access_token: 't' } }, want: 'verified' },
  {
    name: 'tata_smartflo',
    what: 'a refused login in a 200',
    told: { json: { success: false, message: 'wrong' } },
    want: 'refused',
  },
  {
    name: 'tata_smartflo',
    what: 'a refused login in a 422',
    told: { status: 422, json: { success: false } },
    want: 'refused',
  },
  { name: 'tata_smartflo', what: 'too many logins', told: { status: 429, json: { success: false } }, want: 'unknown' },
  { name: 'tata_smartflo', what: 'a login without a token', told: { json: { success: true } }, want: 'unknown' },
];

describe('verifying credentials', () => {
  const { carrier } = useCarrier();

  it.each(CASES)('of $name by $what: $want', async ({ name, told, want }) => {
    carrier().tell = () => told;
    expect(await openAt(carrier().url, name).verify()).toMatchObject({ kind: want });
  });

  it.each(['twilio', 'plivo', 'vobiz', 'exotel', 'tata_smartflo'] as const)(
    'of %s is not known while it is away',
    async (name) => {
      const answers: readonly LoopbackAnswer[] = [
        { status: 500 },
        { status: 503, text: 'x' },
        { text: '<html>' },
        { status: 302 },
        'cut',
        'hang',
      ];
      for (const told of answers) {
        carrier().clear();
        carrier().tell = () => told;
        expect(await openAt(carrier().url, name, {}, told === 'hang' ? SOON : {}).verify()).toMatchObject({
          kind: 'unknown',
        });
        expect(carrier().got).toHaveLength(1);
      }
    },
  );

  const asked = async (name: CarrierName): Promise<ReceivedRequest> => {
    carrier().tell = () => ({ json: { success: true, access_token: 't' } });
    await openAt(carrier().url, name).verify();
    return carrier().last;
  };

  it('asks each carrier as its documents say', async () => {
    expect(await asked('twilio')).toMatchObject({
      method: 'GET',
      path: '/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef.json',
      headers: { authorization: basicOf('AC0123456789abcdef0123456789abcdef', 'canary-twilio-token') },
    });
    expect(await asked('plivo')).toMatchObject({
      path: '/v1/Account/MAXXXXXXXXXXXXXXXXXX/',
      headers: { authorization: basicOf('MAXXXXXXXXXXXXXXXXXX', 'canary-plivo-token') },
    });
    expect(await asked('vobiz')).toMatchObject({
      path: '/api/v1/auth/me',
      headers: { 'x-auth-id': 'MA_12345', 'x-auth-token': 'canary-vobiz-token' },
    });
    expect(await asked('exotel')).toMatchObject({
      path: '/v1/Accounts/partner1/Balance.json',
      headers: { authorization: basicOf('canary-exotel-key', 'canary-exotel-token') },
    });
    expect(await asked('tata_smartflo')).toMatchObject({ method: 'POST', path: '/v1/auth/login' });
    expect(JSON.parse(carrier().last.body)).toEqual({ email: 'ops@partner.example', password: 'canary-tata-password' });
  });

  it('of Exotel goes on to the calls when the key may not see the balance', async () => {
    const verify = async (second: LoopbackAnswer): Promise<string> => {
      carrier().tell = ({ path }) => (path.endsWith('Balance.json') ? { status: 403, json: {} } : second);
      return (await openAt(carrier().url, 'exotel').verify()).kind;
    };
    expect(await verify({ json: { Calls: [] } })).toBe('verified');
    expect(await verify({ status: 403, json: {} })).toBe('refused');
    expect(await verify({ status: 500 })).toBe('unknown');
    expect(carrier().lines.at(-1)).toBe('GET /v1/Accounts/partner1/Calls.json?PageSize=1');
  });

  it('of MCube looks at the token, and asks nothing', async () => {
    const verify = async (token: string): Promise<unknown> =>
      (await openAt(carrier().url, 'mcube', { jwt_token: token }).verify()).kind;
    const token = (payload: string): string => `h.${Buffer.from(payload).toString('base64url')}.s`;
    expect(await verify(token('{"exp_data":4102444800}'))).toBe('unverifiable');
    expect(await verify(token('{}'))).toBe('unverifiable');
    expect(await verify(token('{"exp_data":1700000000}'))).toBe('refused');
    for (const odd of [
      'plain',
      'a.b',
      token('[not json'),
      token('"text"'),
      token('null'),
      'a..b',
      token('{"exp_data":"x"}'),
    ]) {
      expect(await verify(odd)).toBe('unknown');
    }
    expect(carrier().got).toEqual([]);
  });

  it.each([
    { name: 'a public name', host: 'sip.partner.example:5060', addresses: ['93.184.216.34'], want: 'unverifiable' },
    {
      name: 'a name with a private address',
      host: 'sip.partner.example',
      addresses: ['93.184.216.34', '10.0.0.1'],
      want: 'refused',
    },
    { name: 'a name without an address', host: 'sip.partner.example', addresses: null, want: 'unknown' },
    { name: 'a public address', host: '93.184.216.34:5061', addresses: null, want: 'unverifiable' },
    { name: 'loopback', host: '127.0.0.1:5060', addresses: null, want: 'refused' },
    { name: 'loopback in IPv6', host: '[::1]:5060', addresses: null, want: 'refused' },
    { name: 'loopback as mapped IPv6', host: '[::ffff:127.0.0.1]', addresses: null, want: 'refused' },
    { name: 'loopback as a number', host: '2130706433', addresses: ['93.184.216.34'], want: 'refused' },
    { name: 'loopback in hexadecimal', host: '0x7f.1', addresses: ['93.184.216.34'], want: 'refused' },
  ])('of a SIP trunk at $name: $want', async ({ host, addresses, want }) => {
    const resolve = () =>
      addresses === null
        ? Promise.reject(new Error('ENOTFOUND'))
        : Promise.resolve(addresses.map((address) => ({ address, family: 4 })));
    const trunk = openAt(carrier().url, 'sip', { sip_host: host }, { resolve, privateNetworks: [] });
    expect((await trunk.verify()).kind).toBe(want);
    // The gateway is at a loopback address that is not allowed here, so nothing reaches it either way.
    expect(await trunk.placeCall(ORDER)).toMatchObject({
      kind: 'refused',
      failure: { message: expect.stringContaining(want === 'unverifiable' ? 'SIP gateway' : 'sip_host') as string },
    });
    expect(carrier().got).toEqual([]);
  });

  it('of Exotel goes to its own hosts only, and a path cannot climb', async () => {
    const open = (subdomain: string): unknown =>
      carriersAt('', { baseUrls: {} }).open('exotel', { baseUrl: null, credentials: { subdomain } });
    for (const host of ['api.exotel.com', 'API.in.exotel.com']) expect(open(host)).not.toBeNull();
    for (const host of ['', 'evil.example', 'api.exotel.com.evil.example', '127.0.0.1', 'api.exotel.com.']) {
      expect(open(host)).toBeNull();
    }
    carrier().tell = () => ({ json: {} });
    for (const account_sid of ['..', '../../x', 'a/b?c#d']) {
      await openAt(carrier().url, 'twilio', { account_sid }).verify();
      expect(carrier().last.path).toMatch(/^\/2010-04-01\/Accounts\/[\w%.-]+\.json$/);
      expect(carrier().last.path).not.toMatch(/\/\.\.?(?:[/?]|$)/);
    }
  });
});
