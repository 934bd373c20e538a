import { AttemptReplacedError, TELEPHONY_PROVIDERS } from '@dialtone/persistence';
import { LEAST, NUMBER, PATH, useTelephony, type Body } from './carriers';

describe('telephony connections', () => {
  const { gateway, create, configure, list, fieldsOf, sealed, nothingWasStored } = useTelephony();

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

    it('tries no login while too many failed, right or wrong, and says how long', async () => {
      gateway.world.telephony.loginWaitMs = 41_500;
      for (const answer of [
        await create('voicelink', LEAST.voicelink),
        await configure('voicelink', LEAST.voicelink),
      ]) {
        expect([answer.status, answer.json.error.code]).toEqual([429, 'RATE_LIMITED']);
        expect(answer.headers['retry-after']).toBe('42');
      }
      expect(gateway.world.telephony.attempts).toEqual([]);
      nothingWasStored();
    });

    it('stores nothing when another process has taken the request over', async () => {
      const { connections } = gateway.world.telephony;
      jest.spyOn(connections, 'create').mockRejectedValueOnce(new AttemptReplacedError());
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
});
