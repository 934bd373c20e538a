import { cleanerOf, hiderOf, redactSecrets, secretsNotIn, withoutSecrets } from './redact-secrets';

describe('redactSecrets', () => {
  it.each([
    'password',
    'Password',
    'registration_password',
    'passwd',
    'pwd',
    'pass',
    'sip_pass',
    'password_hash',
    'password_confirmation',
    'client_secret',
    'plain_api_token',
    'accessToken',
    'api_key',
    'apiKey',
    'secret_key',
    'access-key',
    'credentials',
    'authorization',
    'passphrase',
    'apikey',
    'private_key',
    'PASSWORD',
  ])('hides what is called %s, whatever it is', (name) => {
    for (const value of ['x', 12345, ['x'], { user: 'u', code: 'x' }]) {
      expect(redactSecrets({ id: 1, trunks: [{ [name]: value }] })).toEqual({
        id: 1,
        trunks: [{ [name]: '[redacted]' }],
      });
    }
  });

  it.each([
    'token_type',
    'passenger',
    'wallet_bypass',
    'did_key',
    'keypad',
    'secretary',
    'username',
    'key',
    'public_key',
  ])('shows what is called %s', (name) => {
    expect(redactSecrets({ [name]: 'x' })).toEqual({ [name]: 'x' });
  });

  it('does not change what it is given', () => {
    const record = Object.freeze({ password: 'pa55', nested: Object.freeze({ token: 'pa55' }) });
    redactSecrets(record);
    expect(record).toEqual({ password: 'pa55', nested: { token: 'pa55' } });
  });

  it('shows whether there is a secret, since that is none', () => {
    const record = { has_password: true, password: null, api_key: false, has_token: 1, secret: 0 };
    expect(redactSecrets(record)).toEqual(record);
  });
});

describe('withoutSecrets', () => {
  const secrets = ['hunter2-hunter2', '12345678'];

  it('hides them in texts, names and numbers', () => {
    expect(
      withoutSecrets({ message: 'it is hunter2-hunter2', pin: 12345678, list: [{ '12345678': 1 }] }, secrets),
    ).toEqual({
      message: 'it is [redacted]',
      pin: '[redacted]',
      list: [{ '[redacted]': 1 }],
    });
  });

  it('leaves everything else as it was received', () => {
    const record = { id: 1, did_number: 911234567890, name: 'Größe', on: true, none: null, rate: 1.5, rows: [[]] };
    expect(withoutSecrets(record, secrets)).toEqual(record);
  });

  it('keeps a field that is called like the prototype, and makes no prototype of it', () => {
    const text = '{"__proto__":{"a":1},"constructor":2}';
    const clean = withoutSecrets(JSON.parse(text), secrets);
    expect([JSON.stringify(clean), Object.getPrototypeOf(clean)]).toEqual([text, Object.prototype]);
  });

  it('cuts off what is nested so deeply that walking through it would end the stack', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
    const text = JSON.stringify(withoutSecrets({ deep }, secrets));
    expect(text).toMatch(/^\{"deep":\[+"\[nested too deeply\]"\]+\}$/);
  });
});

describe('a guess at a secret', () => {
  const stored = ['correct-horse', '12345678', '42'];

  it.each([
    ...['bot_name', 'name', 'client_name', 'first_name', 'username', 'email', 'phone', 'websocket_url', 'webhook_url'],
    ...['description', 'plan_type', 'user_expiry_date', 'negative_threshold', 'inbound_rate', 'channel_count'],
    ...['pulse_seconds', 'id', 'did_id', 'status'],
  ])('looks the same in %s, right or wrong, and is hidden where no caller writes', (name) => {
    const clean = cleanerOf([], stored);
    for (const guess of ['correct-horse', 'x correct-horse', 'wrong-horse', '12345678', 12345678, 42, '42']) {
      expect(clean({ rows: [{ [name]: guess }] })).toEqual({ rows: [{ [name]: guess }] });
    }
    expect(clean({ message: 'it is correct-horse' })).toEqual({ message: 'it is [redacted]' });
  });

  it('is hidden everywhere if it is what the caller sent as a secret', () => {
    expect(cleanerOf(['sent-secret'], stored)({ name: 'sent-secret', x: 'correct-horse' })).toEqual({
      name: '[redacted]',
      x: '[redacted]',
    });
  });

  it('leaves no gap among numbers, which would tell a short one', () => {
    const ids = [0, 41, 42, 43];
    expect(cleanerOf([], [...stored, '0042'])({ rows: ids })).toEqual({ rows: ids });
  });

  it('is no secret in the answer to a request that holds it, however it is written there', () => {
    const sent = (value: unknown) => JSON.stringify({ bot_name: value });
    const secrets = [`a"b&c'd<e`, 'short', '12345678'];
    expect(secretsNotIn(sent(`x a"b&c'd<e`), secrets)).toEqual(['short', '12345678']);
    expect(secretsNotIn(sent('short'), secrets)).toEqual([`a"b&c'd<e`, '12345678']);
    expect(secretsNotIn(sent('shortage'), secrets)).toEqual(secrets);
    expect(secretsNotIn(sent(12345678), secrets)).toEqual([`a"b&c'd<e`, 'short']);
    expect(secretsNotIn("/v1/x?search=a%22b%26c'd%3Ce", secrets)).toEqual(['short', '12345678']);
  });
});

describe('hiderOf', () => {
  it.each<{ name: string; secrets: string[]; words?: string[]; text: string; want: string }>([
    { name: 'nothing', secrets: [], text: 'as it is', want: 'as it is' },
    { name: 'an empty one', secrets: [''], text: 'as it is', want: 'as it is' },
    { name: 'a long one anywhere', secrets: ['correct-horse'], text: 'xcorrect-horsex', want: 'x[redacted]x' },
    {
      name: 'a short one by itself',
      secrets: ['test'],
      text: 'test: "test" tests',
      want: '[redacted]: "[redacted]" tests',
    },
    {
      name: 'digits by themselves',
      secrets: ['12345678'],
      text: '911234567890, 12345678',
      want: '911234567890, [redacted]',
    },
    {
      name: 'words by themselves, however long',
      secrets: [],
      words: ['reseller'],
      text: 'reseller: the reseller_id of "reseller" and of resellers',
      want: '[redacted]: the reseller_id of "[redacted]" and of resellers',
    },
    { name: 'what looks like a pattern', secrets: ['a.c|[d'], text: 'abc a.c|[d', want: 'abc [redacted]' },
    { name: 'the longer of two', secrets: ['hunter2', 'hunter2-hunter2'], text: 'hunter2-hunter2', want: '[redacted]' },
    {
      name: 'one that is escaped',
      secrets: [`a"b&c'd<e`],
      text: String.raw`"a\"b&c'd<e", a&quot;b&amp;c&#039;d&lt;e, ?p=a%22b%26c'd%3Ce`,
      want: '"[redacted]", [redacted], ?p=[redacted]',
    },
    { name: 'half a character', secrets: ['\ud800abcdefgh'], text: 'abcdefgh', want: 'abcdefgh' },
  ])('hides $name', ({ secrets, words, text, want }) => {
    expect(hiderOf(secrets, words)(text)).toBe(want);
  });
});
