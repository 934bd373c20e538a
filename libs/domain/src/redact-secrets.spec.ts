import { REDACTED, redactSecrets } from './redact-secrets';

describe('redactSecrets', () => {
  const secrets: readonly { readonly name: string; readonly reason: string }[] = [
    { name: 'password', reason: 'clients are created with one' },
    { name: 'registration_password', reason: 'SIP trunks are listed with theirs' },
    { name: 'passwd', reason: 'another spelling' },
    { name: 'passphrase', reason: 'another word' },
    { name: 'client_secret', reason: 'whatever comes before' },
    { name: 'plain_api_token', reason: 'logins answer with one' },
    { name: 'credential', reason: 'one of them' },
    { name: 'credentials', reason: 'all of them' },
    { name: 'authorization', reason: 'a header that was echoed' },
    { name: 'api_key', reason: 'with an underscore' },
    { name: 'apikey', reason: 'without' },
    { name: 'private_key', reason: 'of a certificate' },
    { name: 'accessToken', reason: 'in another case' },
    { name: 'PASSWORD', reason: 'in capitals' },
  ];

  it.each(secrets)('hides $name: $reason', ({ name }) => {
    expect(redactSecrets({ id: 1, [name]: 'pa55' })).toEqual({ id: 1, [name]: REDACTED });
  });

  const harmless = ['token_type', 'password_changed_at', 'secretary', 'key', 'public_key', 'bot_name'];

  it.each(harmless)('leaves %s', (name) => {
    expect(redactSecrets({ [name]: 'pa55' })).toEqual({ [name]: 'pa55' });
  });

  it('hides them however deep they are, in lists too', () => {
    const record = { trunk: { hosts: [{ host: 'sip.example', password: 'pa55' }, 'plain', [{ token: 'pa55' }]] } };
    expect(redactSecrets(record)).toEqual({
      trunk: { hosts: [{ host: 'sip.example', password: REDACTED }, 'plain', [{ token: REDACTED }]] },
    });
  });

  it('hides a secret that is a record or a list as a whole', () => {
    expect(redactSecrets({ credentials: { user: 'a', pin: 1 }, token: ['a'] })).toEqual({
      credentials: REDACTED,
      token: REDACTED,
    });
  });

  it('tells a secret that is not set from one that is', () => {
    expect(redactSecrets({ password: null, nested: null })).toEqual({ password: null, nested: null });
  });

  it('does not change what it is given', () => {
    const record = Object.freeze({ password: 'pa55', nested: Object.freeze({ token: 'pa55' }) });
    redactSecrets(record);
    expect(record).toEqual({ password: 'pa55', nested: { token: 'pa55' } });
  });
});
