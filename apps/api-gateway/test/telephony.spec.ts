import { randomUUID } from 'node:crypto';
import type { DidKey } from '@dialtone/domain';
import { TELEPHONY_PROVIDERS, type TelephonyProvider } from '@dialtone/persistence';
import type { OpenAPIObject } from '@nestjs/swagger';
import { DocumentValidator } from './document-validator';
import { TestGateway } from './gateway';

const PATH = '/api/v2/telephony/connections';
const CONFIG = '/api/v2/config/telephony';
const NUMBER = '+918011223344';

type Body = Readonly<Record<string, unknown>>;

/** The least that each provider needs when a connection is created. */
const LEAST: Readonly<Record<TelephonyProvider, Body>> = {
  twilio: { account_sid: 'AC0123456789abcdef', auth_token: 'canary-twilio', from_number: NUMBER },
  exotel: {
    account_sid: 'exotel0123456789',
    api_key: 'canary-exotel-key',
    api_token: 'canary-exotel-token',
    subdomain: 'api.exotel.com',
    caller_id: '08047112233',
  },
  plivo: { auth_id: 'MA0123456789abcdef', auth_token: 'canary-plivo' },
  vobiz: { auth_id: 'VO0123456789abcdef', auth_token: 'canary-vobiz' },
  tata_smartflo: { tata_email: 'ops.canary@partner.example', tata_password: 'canary-tata' },
  sip: { sip_host: 'sip.partner.example:5060' },
  voicelink: { username: 'canary-reseller', password: 'canary-voicelink' },
  mcube: { jwt_token: 'canary.mcube.token', exe_number: '8047112233' },
};

/** What `PUT /config/telephony/…` needs besides. */
const MORE_FOR_CONFIG: Readonly<Partial<Record<TelephonyProvider, Body>>> = {
  exotel: { applet_id: '123456' },
  plivo: { from_number: NUMBER },
  vobiz: { from_number: NUMBER },
  tata_smartflo: { from_number: NUMBER },
};

const without = (body: Body, name: string): Body =>
  Object.fromEntries(Object.entries(body).filter(([field]) => field !== name));

const required = TELEPHONY_PROVIDERS.flatMap((provider) =>
  Object.keys(LEAST[provider]).map((field) => [provider, field] as const),
);
const requiredForConfig = TELEPHONY_PROVIDERS.flatMap((provider) =>
  Object.keys({ ...LEAST[provider], ...MORE_FOR_CONFIG[provider] }).map((field) => [provider, field] as const),
);

describe('telephony connections', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  const create = (provider: string, body: Body = {}) =>
    gateway.ask('POST', PATH, { body: { provider, name: 'Main', ...body } });
  const configure = (provider: string, body: Body) => gateway.ask('PUT', `${CONFIG}/${provider}`, { body });
  const list = (query = '') => gateway.ask('GET', `${PATH}${query}`);
  const fieldsOf = (answer: Awaited<ReturnType<typeof create>>) => {
    expect([answer.status, answer.json.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    return answer.json.error.details?.map(({ field }) => field);
  };
  /** What was given to the store to seal, of the newest connection. */
  const sealed = (): unknown => [...gateway.world.telephony.sealed.values()].at(-1);
  const nothingWasStored = (): void => {
    expect(gateway.world.telephony.sealed.size).toBe(0);
  };

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

  it('has a limit per partner, which counts active connections only', async () => {
    // The tenant comes with one.
    gateway.world.connectionsPerPartner = 3;
    const plivo = await create('plivo', LEAST.plivo);
    expect([plivo.status, (await configure('vobiz', { ...LEAST.vobiz, from_number: NUMBER })).status]).toEqual([
      201, 200,
    ]);
    for (const refused of [await create('plivo', LEAST.plivo), await configure('twilio', LEAST.twilio)]) {
      expect([refused.status, refused.json.error.code]).toEqual([409, 'CONNECTION_LIMIT_REACHED']);
      expect(refused.json.error.message).toContain('3 active connections');
    }
    expect((await configure('plivo', { ...LEAST.plivo, from_number: NUMBER })).status).toBe(200);
    const { id } = (plivo.json.data as { connection: { id: string } }).connection;
    const again = () => {
      const headers = { 'idempotency-key': 'again' };
      return gateway.ask('POST', PATH, { body: { provider: 'twilio', name: 'Main', ...LEAST.twilio }, headers });
    };
    expect((await again()).json.error.code).toBe('CONNECTION_LIMIT_REACHED');
    await gateway.ask('DELETE', `${PATH}/${id}`);
    expect((await again()).status).toBe(201);
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
    // Its national form would be taken for another number in VoiceLink's lists.
    ['voicelink', { ...LEAST.voicelink, did_number: '+6561234567' }, 'did_number'],
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

  it('answers a creation and a list as documented, field by field', async () => {
    const created = await create('plivo', { ...LEAST.plivo, name: 'Plivo India - Sales', from_number: NUMBER });
    const { connection } = created.json.data as {
      connection: { readonly id: string; readonly phone_numbers: readonly { readonly id: string }[] };
    };
    const head = {
      id: connection.id,
      connection_id: connection.id,
      provider: 'plivo',
      provider_key: 'PLIVO',
      name: 'Plivo India - Sales',
      status: 'ACTIVE',
      is_default: true,
    };
    const numbers = [
      {
        id: connection.phone_numbers[0]?.id,
        phone_number: NUMBER,
        friendly_name: null,
        status: 'ACTIVE',
        is_default: true,
        inbound_enabled: false,
        agent: null,
      },
    ];
    const time = '2026-06-09T10:35:00.000Z';
    expect(created.text).toBe(
      JSON.stringify({
        success: true,
        data: { connection: { ...head, phone_numbers: numbers, created_at: time, updated_at: time } },
      }),
    );
    expect((await list('?provider=plivo')).text).toBe(
      JSON.stringify({
        success: true,
        data: {
          connections: [{ ...head, last_verified_at: time, last_error_message: null, phone_numbers: numbers }],
        },
      }),
    );
  });

  it('shows a number in its own national form, and knows which number it is', async () => {
    const answer = await create('mcube', LEAST.mcube);
    expect(answer.text).toContain('"phone_number":"8047112233"');
    expect(gateway.world.telephony.numbers[0]?.key).toBe('918047112233');
    await create('mcube', { ...LEAST.mcube, exe_number: '56767' });
    expect(gateway.world.telephony.numbers[1]).toMatchObject({ key: '56767', phoneNumber: '56767' });
    await create('twilio', { ...LEAST.twilio, from_number: '+6561234567' });
    expect(gateway.world.telephony.numbers[2]).toMatchObject({ key: '6561234567', phoneNumber: '+6561234567' });
  });

  it('says of a connection with very many numbers that it shows only some of them', async () => {
    const { partnerId, connectionId } = gateway.tenant;
    const shown = async () => {
      const { connections } = (await list()).json.data as { connections: readonly Body[] };
      const { phone_numbers, phone_numbers_truncated } = connections[0] ?? {};
      return [(phone_numbers as readonly unknown[]).length, phone_numbers_truncated];
    };
    const add = (key: string) =>
      gateway.world.telephony.addNumber(partnerId, connectionId, { key: key as DidKey, phoneNumber: `+${key}` });
    for (let nth = 0; nth < 1000; nth += 1) add(String(918_000_000_000 + nth));
    expect(await shown()).toEqual([1000, undefined]);
    add('918000001000');
    expect(await shown()).toEqual([1000, true]);
    const renamed = await gateway.ask('PATCH', `${PATH}/${connectionId}`, { body: { name: 'Large' } });
    expect((renamed.json.data as { connection: Body }).connection['phone_numbers_truncated']).toBe(true);
  });

  it('lists active connections, or those that were disconnected, of one provider or all', async () => {
    await create('plivo', LEAST.plivo);
    await create('plivo', { ...LEAST.plivo, name: 'Second' });
    const [voicelink, first] = gateway.world.connections;
    await gateway.ask('DELETE', `${PATH}/${String(first?.id)}`);
    const names = async (query: string): Promise<unknown> => {
      const { data } = (await list(query)).json as { data: { connections: { name: string; provider: string }[] } };
      return data.connections.map(({ provider, name }) => `${provider} ${name}`);
    };
    expect(await names('')).toEqual([`voicelink ${String(voicelink?.name)}`, 'plivo Second']);
    expect(await names('?provider=plivo')).toEqual(['plivo Second']);
    expect(await names('?status=DISCONNECTED')).toEqual(['plivo Main']);
    expect(await names('?provider=sip')).toEqual([]);
    for (const query of ['?provider=PLIVO', '?status=active', '?limit=1']) {
      expect((await list(query)).json.error.code).toBe('VALIDATION_ERROR');
    }
  });

  it('renames an active connection, and nothing else about it', async () => {
    const id = gateway.tenant.connectionId;
    const answer = await gateway.ask('PATCH', `${PATH}/${id}`, { body: { name: 'Plivo India - Support' } });
    expect([answer.status, (answer.json.data as { connection: Body }).connection['name']]).toEqual([
      200,
      'Plivo India - Support',
    ]);
    for (const body of [{}, { name: '' }, { name: 'x', password: 'p' }, { name: null }]) {
      expect((await gateway.ask('PATCH', `${PATH}/${id}`, { body })).json.error.code).toBe('VALIDATION_ERROR');
    }
    await gateway.ask('DELETE', `${PATH}/${id}`);
    const late = await gateway.ask('PATCH', `${PATH}/${id}`, { body: { name: 'x' } });
    expect([late.status, late.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
  });

  it('disconnects once, and says the same again', async () => {
    const path = `${PATH}/${gateway.tenant.connectionId}`;
    const first = await gateway.ask('DELETE', path);
    expect([first.status, first.json.data]).toEqual([
      200,
      { connection: expect.objectContaining({ status: 'DISCONNECTED', is_default: false }) as unknown },
    ]);
    expect((await gateway.ask('DELETE', path)).text).toBe(first.text);
  });

  it('knows nothing of foreign connections', async () => {
    const foreign = gateway.world.addConnection(gateway.world.addTenant().partnerId);
    for (const method of ['PATCH', 'DELETE'] as const) {
      const ask = (id: string) =>
        gateway.ask(method, `${PATH}/${id}`, method === 'PATCH' ? { body: { name: 'x' } } : {});
      const answer = await ask(foreign);
      expect([answer.status, answer.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
      expect(answer.text).toBe((await ask(randomUUID())).text);
      expect((await ask('main')).status).toBe(400);
    }
    expect((await list()).text).not.toContain(foreign);
  });

  describe('of VoiceLink', () => {
    it.each([
      [undefined, 'https://voicelink.example.com/api'],
      ['https://uat.voicelink.example.com/api', 'https://uat.voicelink.example.com/api'],
      ['HTTPS://Voicelink.Example.COM:443/api///', 'https://voicelink.example.com/api'],
      ['https://voicelink.example.com/x/../api', 'https://voicelink.example.com/api'],
    ])('logs in at an allowed address: %s', async (base_url, used) => {
      const answer = await create('voicelink', { ...LEAST.voicelink, ...(base_url !== undefined && { base_url }) });
      expect(answer.status).toBe(201);
      const credentials = { username: 'canary-reseller', password: 'canary-voicelink' };
      expect(gateway.world.telephony.attempts).toEqual([{ baseUrl: used, credentials }]);
      expect(gateway.world.connections.at(-1)?.baseUrl).toBe(used);
    });

    it.each([
      'https://voicelink.example.com',
      'https://voicelink.example.com/api/v2',
      'http://voicelink.example.com/api',
      'https://voicelink.example.com:8443/api',
      'https://voicelink.example.com.evil.example/api',
      'https://voicelink.example.com@evil.example/api',
      'https://user:pw@voicelink.example.com/api',
      'https://@voicelink.example.com/api',
      'https://:@voicelink.example.com/api',
      'https://voicelink.example.com/api?x=1',
      'https://voicelink.example.com/api#x',
      'https://evil.example/?https://voicelink.example.com/api',
      'https://voicelink.example.com/api/%2e%2e/other',
      'http://127.0.0.1:5432/',
      'https://tata.example.com',
      'https://voicelink.example.com./api',
      'https://voicelink.example.com\\@evil.example/api',
      'https://evil.example\\@voicelink.example.com/api',
      'https://voicelink.example.com%2f@evil.example/api',
      'https://voicelink。example.com/api',
      'https://2130706433/api',
      'https://0x7f.1/api',
      'http://[::1]/api',
      'http://[::ffff:169.254.169.254]/api',
    ])('calls no other address: %s', async (base_url) => {
      expect(fieldsOf(await create('voicelink', { ...LEAST.voicelink, base_url }))).toEqual(['base_url']);
      const config = await configure('voicelink', { ...LEAST.voicelink, base_url });
      expect(config.json.error.code).toBe('VALIDATION_ERROR');
      expect(gateway.world.telephony.attempts).toEqual([]);
    });

    it('stores nothing that VoiceLink refuses', async () => {
      gateway.world.telephony.verdict = { kind: 'refused' };
      for (const answer of [
        await create('voicelink', LEAST.voicelink),
        await configure('voicelink', LEAST.voicelink),
      ]) {
        expect([answer.status, answer.json.error.code]).toEqual([400, 'CREDENTIALS_REFUSED']);
        expect(answer.json.error.details?.map(({ field }) => field)).toEqual(['username', 'password']);
        expect(answer.json.error.message).toContain('VoiceLink at https://voicelink.example.com/api refuses');
      }
      nothingWasStored();
    });

    it('stores nothing when another process has taken the request over', async () => {
      jest.spyOn(gateway.world.idempotency, 'commit').mockResolvedValueOnce(false);
      const body = { provider: 'voicelink', name: 'Main', ...LEAST.voicelink };
      const answer = await gateway.ask('POST', PATH, { body, headers: { 'idempotency-key': 'taken-over' } });
      jest.restoreAllMocks();
      expect([answer.status, answer.json.error.code]).toEqual([409, 'IDEMPOTENCY_IN_PROGRESS']);
      nothingWasStored();
    });

    it('stores what VoiceLink cannot be asked about, with the reason', async () => {
      gateway.world.telephony.verdict = { kind: 'unknown', message: 'no answer' };
      expect((await create('voicelink', { ...LEAST.voicelink, name: 'Late' })).status).toBe(201);
      const { connections } = (await list()).json.data as { connections: readonly Body[] };
      expect(connections.at(-1)).toMatchObject({
        name: 'Late',
        last_verified_at: null,
        last_error_message: 'no answer',
      });
    });

    it('says at once that new credentials could not be tried', async () => {
      const message = async () => ((await configure('voicelink', LEAST.voicelink)).json.data as Body)['message'];
      expect(await message()).toBe('The default VoiceLink connection was updated.');
      gateway.world.telephony.verdict = { kind: 'unknown', message: 'VoiceLink could not verify the login.' };
      expect(await message()).toBe(
        'The default VoiceLink connection was updated. VoiceLink could not verify the login.',
      );
    });

    it('does not ask VoiceLink about other carriers', async () => {
      for (const provider of TELEPHONY_PROVIDERS.filter((name) => name !== 'voicelink')) {
        await create(provider, LEAST[provider]);
      }
      expect(gateway.world.telephony.attempts).toEqual([]);
    });
  });

  describe('configured by provider', () => {
    it('creates the default connection, and changes it from then on', async () => {
      const first = await configure('plivo', { ...LEAST.plivo, from_number: NUMBER });
      const { connection, ...shown } = first.json.data as Body & { connection: Body };
      expect(shown).toEqual({
        message: 'The default Plivo connection was created.',
        from_number: NUMBER,
        auth_id: '****cdef',
      });
      expect(connection).toMatchObject({ name: 'Plivo', is_default: true, provider_key: 'PLIVO' });
      const second = await configure('plivo', { ...LEAST.plivo, auth_token: 'rotated', from_number: '+918011223345' });
      expect(second.json.data).toMatchObject({
        message: 'The default Plivo connection was updated.',
        from_number: '+918011223345',
        connection: { id: connection['id'] },
      });
      expect(sealed()).toEqual({ auth_id: 'MA0123456789abcdef', auth_token: 'rotated' });
      const { phone_numbers } = (second.json.data as { connection: { phone_numbers: readonly Body[] } }).connection;
      expect(phone_numbers.map((number) => [number['phone_number'], number['is_default']])).toEqual([
        ['+918011223345', true],
        [NUMBER, false],
      ]);
    });

    it.each(['tata-smartflo', 'tata_smartflo'])(
      'takes the spelling %s, and shows what is no secret',
      async (provider) => {
        const body = {
          email: 'ops@partner.example',
          password: 'canary-tata',
          from_number: NUMBER,
          agent_number: '1001',
        };
        const answer = await configure(provider, body);
        const { connection, ...shown } = answer.json.data as Body & { connection: Body };
        expect(shown).toEqual({
          message: 'The default Tata Smartflo connection was created.',
          from_number: NUMBER,
          email: '****mple',
          agent_number: '1001',
          base_url: 'https://tata.example.com',
        });
        expect(connection['provider']).toBe('tata_smartflo');
      },
    );

    it('shows nothing of a login that is too short to hide', async () => {
      const answer = await configure('twilio', { ...LEAST.twilio, account_sid: 'AC123' });
      expect(answer.json.data).toMatchObject({ account_sid: '****' });
    });

    it.each(['PLIVO', 'unknown', 'tatasmartflo', 'voice-link'])('knows no provider %s', async (provider) => {
      expect(fieldsOf(await configure(provider, LEAST.plivo))).toEqual(['provider']);
    });

    it('takes neither provider nor name in the body', async () => {
      const body = { ...LEAST.twilio, provider: 'twilio', name: 'x' };
      expect(fieldsOf(await configure('twilio', body))?.toSorted()).toEqual(['name', 'provider']);
    });
  });

  it('answers what its document says', async () => {
    const document = (await gateway.ask('GET', '/openapi.json', { apiKey: null })).json as unknown as OpenAPIObject;
    const validator = new DocumentValidator(document);
    const check = async (
      request: readonly ['GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE', path: string],
      ask: {
        readonly id?: string;
        readonly body?: Body;
      } = {},
    ) => {
      const [method, path] = request;
      const url = path.replace(/\{\w+\}/, ask.id ?? '');
      const answer = await gateway.ask(method, url, ask.body === undefined ? {} : { body: ask.body });
      const verb = method.toLowerCase() as 'get';
      expect([request, answer.status, validator.problems(verb, path, answer.status, answer.json)]).toEqual([
        request,
        answer.status,
        [],
      ]);
      return answer.json.data as Body;
    };
    for (const provider of TELEPHONY_PROVIDERS) {
      const body = { ...LEAST[provider], ...MORE_FOR_CONFIG[provider] };
      await check(['POST', PATH], { body: { provider, name: 'Main', ...body } });
      await check(['POST', PATH], { body: { provider } });
      await check(['PUT', `${CONFIG}/{provider}`], { id: provider, body });
      await check(['PUT', `${CONFIG}/{provider}`], { id: provider, body: {} });
    }
    await check(['GET', PATH]);
    const one = { id: gateway.tenant.connectionId };
    await check(['PATCH', `${PATH}/{connection_id}`], { ...one, body: { name: 'x' } });
    await check(['PATCH', `${PATH}/{connection_id}`], { id: randomUUID(), body: { name: 'x' } });
    await check(['DELETE', `${PATH}/{connection_id}`], one);
    const { phone_numbers } = (await check(['GET', '/api/v2/phone-numbers'])) as { phone_numbers: { id: string }[] };
    const number = { id: phone_numbers[0]?.id ?? '' };
    await check(['GET', '/api/v2/phone-numbers/{id}'], number);
    await check(['PUT', '/api/v2/phone-numbers/{id}'], { ...number, body: { agent_id: gateway.tenant.agentId } });
    await check(['PUT', '/api/v2/phone-numbers/{id}'], { ...number, body: { agent_id: randomUUID() } });
    await check(['POST', '/api/v2/phone-numbers/sync'], { body: { provider: 'SIP', numbers: [NUMBER] } });
    await check(['POST', '/api/v2/phone-numbers/sync'], { body: { provider: 'MCUBE', numbers: [NUMBER] } });
    const agent = { id: String((await check(['POST', '/api/v2/agent'], { body: { agent_name: 'New' } }))['id']) };
    await check(['POST', '/api/v2/agent'], { body: { agent_name: 'New' } });
    await check(['GET', '/api/v2/agent']);
    for (const method of ['GET', 'DELETE', 'GET'] as const) await check([method, '/api/v2/agent/{id}'], agent);
  });

  it('repeats no secret, neither in answers nor in the log', async () => {
    for (const provider of TELEPHONY_PROVIDERS) {
      const body = { ...LEAST[provider], ...MORE_FOR_CONFIG[provider] };
      const wrong = { ...body, unknown_field: 1, name: '' };
      const requests = [
        await create(provider, LEAST[provider]),
        await configure(provider, body),
        await create(provider, wrong),
        await configure(provider, wrong),
      ];
      expect(requests.map(({ status }) => status)).toEqual([201, 200, 400, 400]);
      for (const { text } of [...requests, await list()]) expect(text).not.toContain('canary');
    }
    expect(gateway.log.join('\n')).toContain(PATH);
    expect(gateway.log.join('\n')).not.toContain('canary');
  });
});
