import { TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import { LEAST, MORE_FOR_CONFIG, NUMBER, PATH, useTelephony, type Body } from './carriers';

const without = (body: Body, name: string): Body =>
  Object.fromEntries(Object.entries(body).filter(([field]) => field !== name));

const required = TELEPHONY_PROVIDERS.flatMap((provider) =>
  Object.keys(LEAST[provider]).map((field) => [provider, field] as const),
);
const requiredForConfig = TELEPHONY_PROVIDERS.flatMap((provider) =>
  Object.keys({ ...LEAST[provider], ...MORE_FOR_CONFIG[provider] }).map((field) => [provider, field] as const),
);

describe('telephony connections', () => {
  const { gateway, create, configure, fieldsOf, sealed, nothingWasStored } = useTelephony();

  it.each(TELEPHONY_PROVIDERS)('connects %s with the least that it needs', async (provider) => {
    const answer = await create(provider, LEAST[provider]);
    expect([answer.status, answer.text]).toEqual([201, expect.stringContaining('"connection"')]);
    const { connection } = answer.json.data as { connection: Body };
    expect(connection).toMatchObject({
      provider,
      provider_key: provider.toUpperCase(),
      name: 'Main',
      status: 'ACTIVE',
    });
    expect(answer.text).not.toContain('canary');
  });

  it.each(required)('%s needs %s', async (provider, field) => {
    expect(fieldsOf(await create(provider, without(LEAST[provider], field)))).toEqual([field]);
    expect(fieldsOf(await create(provider, { ...LEAST[provider], [field]: null }))).toEqual([field]);
  });

  it.each(requiredForConfig)('PUT for %s needs %s', async (provider, field) => {
    const whole = { ...LEAST[provider], ...MORE_FOR_CONFIG[provider] };
    expect((await configure(provider, whole)).status).toBe(200);
    expect(fieldsOf(await configure(provider, without(whole, field)))).toEqual([field]);
  });

  it.each(TELEPHONY_PROVIDERS)('%s takes no field of another provider', async (provider) => {
    const [field, value] = provider === 'mcube' ? ['api_key', 'canary'] : ['jwt_token', 'canary.jwt'];
    const answer = await create(provider, { ...LEAST[provider], [field]: value });
    expect(fieldsOf(answer)).toEqual([field]);
    expect(answer.json.error.message).toBe(`${field} does not belong to provider ${provider}: remove it.`);
    nothingWasStored();
  });

  it.each(['sip.partner.example:0', 'sip.partner.example:65536', 'sip.partner.example:05060', '[::1]:99999'])(
    'takes no SIP host with a port that there is not: %s',
    async (sip_host) => {
      expect(fieldsOf(await create('sip', { sip_host }))).toEqual(['sip_host']);
    },
  );

  it('names every wrong field at once', async () => {
    const answer = await create('tata_smartflo', { base_url: 'https://elsewhere.example', jwt_token: 'x' });
    expect(fieldsOf(answer)?.toSorted()).toEqual(['base_url', 'jwt_token', 'tata_email', 'tata_password']);
  });

  it.each<[TelephonyProvider, renamed: Body, stored: Body]>([
    ['plivo', { account_sid: 'MA1', auth_token: 't' }, { auth_id: 'MA1', auth_token: 't' }],
    ['vobiz', { auth_id: 'V1', account_sid: 'V1', auth_token: 't' }, { auth_id: 'V1', auth_token: 't' }],
    [
      'exotel',
      { account_sid: 'a', api_key: 'k', auth_token: 't', subdomain: 'api.in.exotel.com', from_number: NUMBER },
      { account_sid: 'a', api_key: 'k', api_token: 't', subdomain: 'api.in.exotel.com' },
    ],
    ['tata_smartflo', { email: 'a@b.example', password: 'p' }, { tata_email: 'a@b.example', tata_password: 'p' }],
    ['sip', { sip_host: '192.0.2.1', transport: 'TLS' }, { sip_host: '192.0.2.1', sip_transport: 'TLS' }],
    [
      'sip',
      { sip_host: 's', outbound_username: 'u', outbound_password: 'p', source_ips: ['192.0.2.0/24', '2001:db8::1'] },
      { sip_host: 's', outbound_username: 'u', outbound_password: 'p', source_ips: ['192.0.2.0/24', '2001:db8::1'] },
    ],
    ['mcube', { jwt_token: 'j', from_number: NUMBER }, { jwt_token: 'j' }],
    // One number, as each of its two fields spells it.
    ['mcube', { jwt_token: 'j', exe_number: '08011223344', from_number: NUMBER }, { jwt_token: 'j' }],
  ])('%s takes %j', async (provider, body, stored) => {
    expect((await create(provider, body)).status).toBe(201);
    expect(sealed()).toEqual(stored);
  });

  it.each<[TelephonyProvider, Body, field: string]>([
    ['plivo', { ...LEAST.plivo, account_sid: 'another' }, 'account_sid'],
    ['voicelink', { ...LEAST.voicelink, did_number: NUMBER, from_number: '+918011223345' }, 'from_number'],
    ['mcube', { ...LEAST.mcube, exe_number: '08011223344', from_number: '+918011223345' }, 'from_number'],
    ['sip', { ...LEAST.sip, outbound_username: 'u' }, 'outbound_password'],
    ['sip', { ...LEAST.sip, outbound_password: 'p' }, 'outbound_username'],
  ])('%s does not take %j', async (provider, body, field) => {
    expect(fieldsOf(await create(provider, body))).toEqual([field]);
  });

  it.each<[TelephonyProvider, field: string, wrong: readonly unknown[]]>([
    [
      'twilio',
      'from_number',
      ['918011223344', '+0918011223344', '+91801', '+91 8011223344', 918011223344, '', `${NUMBER}12345`],
    ],
    ['twilio', 'auth_token', ['', ' ', 'a\u0000b', 'x'.repeat(501), 7, {}, ['x']]],
    ['twilio', 'account_sid', ['', '\t', 'x'.repeat(201), false]],
    ['exotel', 'caller_id', ['123', '+', '08047 112233', 'x'.repeat(10), 8047112233]],
    ['exotel', 'subdomain', ['https://api.exotel.com', 'a b', '-a', 'x'.repeat(254)]],
    ['exotel', 'applet_id', ['', 'a b', 'a/b', 12]],
    ['tata_smartflo', 'tata_email', ['ops', '@x', 'a b@c', 'a@']],
    ['tata_smartflo', 'agent_number', ['12', 'abcd', 1001]],
    ['sip', 'sip_host', ['', 'sip://x', 'a b', 'host:port', 'x:123456']],
    [
      'sip',
      'source_ips',
      [
        [],
        ['localhost'],
        ['192.0.2.1/33'],
        ['192.0.2.1/'],
        ['::1/129'],
        '192.0.2.1',
        [7],
        new Array(51).fill('192.0.2.1'),
      ],
    ],
    ['sip', 'sip_transport', ['udp', 'SCTP', '', 1]],
    ['sip', 'did_number', ['08011223344', '+1']],
    ['mcube', 'exe_number', ['123', '1234567890123456', '80-47112233']],
    ['mcube', 'jwt_token', ['', 'a b', 'x'.repeat(4001)]],
    ['voicelink', 'base_url', ['', 'voicelink.example.com/api', 'ftp://voicelink.example.com/api', 7]],
  ])('%s: %s has a form', async (provider, field, wrong) => {
    for (const value of wrong) {
      const answer = await create(provider, { ...LEAST[provider], [field]: value });
      expect([value, fieldsOf(answer)]).toEqual([value, [field]]);
    }
    nothingWasStored();
  });

  it.each([undefined, null, '', ' ', 'x'.repeat(101), 'a\nb', 7])('refuses the name %j', async (name) => {
    const body = { provider: 'plivo', ...LEAST.plivo, ...(name !== undefined && { name }) };
    expect(fieldsOf(await gateway.ask('POST', PATH, { body }))).toEqual(['name']);
  });

  it('counts the characters of a name as people do', async () => {
    expect((await create('plivo', { ...LEAST.plivo, name: '📞'.repeat(100) })).status).toBe(201);
  });

  it.each([undefined, null, 'PLIVO', 'tata-smartflo', 'unknown', 1])('refuses the provider %j', async (provider) => {
    const body = { name: 'Main', ...LEAST.plivo, ...(provider !== undefined && { provider }) };
    expect(fieldsOf(await gateway.ask('POST', PATH, { body }))).toEqual(['provider']);
  });

  it('refuses what no provider has', async () => {
    expect(fieldsOf(await create('plivo', { ...LEAST.plivo, api_secret: 'x' }))).toEqual(['api_secret']);
  });
});
