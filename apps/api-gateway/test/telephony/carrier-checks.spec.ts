import { CARRIER_NAMES } from '@dialtone/carriers';
import { LEAST, MORE_FOR_CONFIG, useTelephony, type Body } from './carriers';

describe('the credentials of a carrier other than VoiceLink', () => {
  const { gateway, create, configure, list, fieldsOf, sealed, nothingWasStored } = useTelephony();
  const listed = async (): Promise<Body | undefined> =>
    ((await list()).json.data as { connections: readonly Body[] }).connections.at(-1);

  it.each(CARRIER_NAMES)('of %s are verified before they are stored', async (name) => {
    expect((await create(name, LEAST[name])).status).toBe(201);
    const [[asked, access] = []] = gateway.world.telephony.checks;
    expect([asked, access?.credentials]).toEqual([name, sealed()]);
    expect(await listed()).toMatchObject({ last_verified_at: expect.any(String) as string, last_error_message: null });
  });

  it.each(CARRIER_NAMES)('of %s are not stored when the carrier refuses them', async (name) => {
    gateway.world.telephony.carrierVerdict = { kind: 'refused', message: 'The carrier does not take these.' };
    for (const answer of [
      await create(name, LEAST[name]),
      await configure(name, { ...LEAST[name], ...MORE_FOR_CONFIG[name] }),
    ]) {
      expect([answer.status, answer.json.error.code]).toEqual([400, 'CREDENTIALS_REFUSED']);
      expect(answer.json.error.message).toBe('The carrier does not take these. Nothing was stored.');
      expect(answer.json.error.details).not.toHaveLength(0);
      expect(answer.text).not.toContain('canary');
    }
    nothingWasStored();
  });

  it('are stored with the reason while the carrier cannot be asked, and the caller reads it', async () => {
    gateway.world.telephony.carrierVerdict = { kind: 'unknown', message: 'Plivo could not verify the credentials.' };
    expect((await create('plivo', LEAST.plivo)).status).toBe(201);
    expect(gateway.world.telephony.counted).toBe(0);
    expect(await listed()).toMatchObject({
      last_verified_at: null,
      last_error_message: 'Plivo could not verify the credentials.',
    });
    const config = await configure('plivo', { ...LEAST.plivo, ...MORE_FOR_CONFIG.plivo });
    expect((config.json.data as Body)['message']).toBe(
      'The default Plivo connection was updated. Plivo could not verify the credentials.',
    );
  });

  it('are not called verified where the carrier has nothing to ask', async () => {
    gateway.world.telephony.carrierVerdict = { kind: 'unverifiable' };
    expect((await create('mcube', LEAST.mcube)).status).toBe(201);
    expect(await listed()).toMatchObject({ last_verified_at: null, last_error_message: null });
  });

  it('are not tried while too many failed, where a try would tell something', async () => {
    gateway.world.telephony.loginWaitMs = 9_000;
    for (const name of CARRIER_NAMES) {
      const answer = await create(name, LEAST[name]);
      const isGuess = name !== 'mcube' && name !== 'sip';
      expect([name, answer.status]).toEqual([name, isGuess ? 429 : 201]);
    }
    expect(gateway.world.telephony.checks.map(([name]) => name)).toEqual(['mcube', 'sip']);
  });

  it.each(['evil.example', 'api.exotel.com.evil.example', '127.0.0.1', 'localhost', 'my.exotel.com'])(
    'of Exotel go to no host %s',
    async (subdomain) => {
      expect(fieldsOf(await create('exotel', { ...LEAST.exotel, subdomain }))).toEqual(['subdomain']);
      expect(gateway.world.telephony.checks).toEqual([]);
      nothingWasStored();
    },
  );

  it.each(['https://evil.example', 'http://169.254.169.254', 'https://[::1]', 'https://api-smartflo.example.com'])(
    'of Tata Smartflo go to no address %s',
    async (base_url) => {
      expect(fieldsOf(await create('tata_smartflo', { ...LEAST.tata_smartflo, base_url }))).toEqual(['base_url']);
      expect(gateway.world.telephony.checks).toEqual([]);
    },
  );

  it('of Tata Smartflo may have the key of Click to Call Support, which is never shown', async () => {
    const body = { ...LEAST.tata_smartflo, ...MORE_FOR_CONFIG.tata_smartflo, api_key: 'canary-key' };
    const answer = await configure('tata_smartflo', body);
    expect([answer.status, sealed()]).toMatchObject([200, { api_key: 'canary-key' }]);
    expect(answer.text).not.toContain('canary');
  });
});
