import fc from 'fast-check';
import { createLogger } from './logger';
import { nestLogger } from './nest-logger';

const collect = () => {
  const lines: string[] = [];
  return { lines, destination: { write: (line: string) => void lines.push(line) } };
};

describe('the logger', () => {
  it.each([
    ['a property', { password: 'hunter2' }],
    [
      'a nested property',
      {
        request: {
          headers: { authorization: 'Basic hunter2hunter2' },
          body: { user: { plain_api_token: '12|hunter2' } },
        },
      },
    ],
    ['a property with quotes in its value', { api_key: 'a"hunter2' }],
    [
      "a carrier's credentials",
      { body: { auth_token: 'hunter2', jwt_token: 'hunter2', outbound_password: 'hunter2' } },
    ],
    ['a list', { 'set-cookie': ['sid=hunter2'] }],
    ['an API key in a text', { note: 'refused rg_live_abc_hunter2' }],
    ['a bearer token in an error', { err: new Error('sent Authorization: Bearer 12|hunter2') }],
    ['a password in a URL', { note: 'connect to postgresql://dialtone:hunter2@db/dialtone failed' }],
    ['JSON inside a text', { body: JSON.stringify({ username: 'ram', password: 'hunter2' }) }],
    ['JSON inside JSON inside a text', { body: JSON.stringify({ inner: JSON.stringify({ token: 'hunter2' }) }) }],
    ['a quote in JSON inside a text', { body: JSON.stringify({ password: 'a"hunter2', user: 'ram' }) }],
    ['a backslash in JSON inside a text', { body: JSON.stringify({ password: 'a\\"\\hunter2\\', user: 'ram' }) }],
    [
      'a quote in JSON inside JSON inside a text',
      { body: JSON.stringify({ inner: JSON.stringify({ token: 'a"hunter2', user: 'ram' }) }) },
    ],
  ])('leaves no secret in %s', (_where, fields) => {
    const { lines, destination } = collect();
    createLogger({ name: 'test', level: 'info', destination }).info(fields, 'said');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).toContain('[redacted]');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ app: 'test', level: 'info', msg: 'said' });
  });

  it('leaves no secret however it is written and nested, and always a line that can be read', () => {
    const { lines, destination } = collect();
    const logger = createLogger({ name: 'test', level: 'info', destination });
    const junk = fc.string({ unit: fc.constantFrom('"', '\\', 'a', ' ', ',', '}', '\n', ':', '{', 'é'), maxLength: 4 });
    const name = fc.constantFrom('password', 'auth_token', 'Authorization', 'api_key');
    fc.assert(
      fc.property(fc.nat({ max: 3 }), name, junk, junk, (depth, secret, before, after) => {
        let body: object = { before, [secret]: `${before}hunter2${after}`, after };
        for (let level = 0; level < depth; level += 1) body = { before, inner: JSON.stringify(body), after };
        logger.info(body, 'said');
        const line = lines.at(-1) ?? '';
        expect(line).not.toContain('hunter2');
        expect(JSON.parse(line)).toMatchObject({ before, after, msg: 'said' });
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves what stands beside a secret in JSON inside a text', () => {
    const { lines, destination } = collect();
    const body = JSON.stringify({ password: 'a"hunter2', user: 'ram' });
    createLogger({ name: 'test', level: 'info', destination }).info({ body }, 'said');
    const line = JSON.parse(lines[0] ?? '') as { readonly body: string };
    expect(JSON.parse(line.body)).toEqual({ password: '[redacted]', user: 'ram' });
  });

  it.each([
    ['letters', 'a'],
    ['backslashes', '\\'],
    ['quotes', '"'],
    ['schemes', 'a://'],
    ['users', 'x://a:b'],
    ['a password without an end', 'x://a:', 'b'],
    ['names of secrets', '"password":"'],
    ['names of secrets without an end', '"password":["'],
    ['a value of backslashes', '"password":"', '\\'],
    ['schemes of authorization', 'bearer '],
    ['spaces', 'bearer', ' '],
  ])('is not held up by a line that is nothing but %s', (_what, first, rest = first) => {
    const { destination } = collect();
    const logger = createLogger({ name: 'test', level: 'info', destination });
    const path = first + rest.repeat(200_000 / rest.length);
    const before = process.threadCpuUsage();
    logger.info({ path, body: JSON.stringify({ path }) }, 'said');
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });

  it.each([
    'authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'password',
    'passwd',
    'secret',
    'client_secret',
    'token',
    'access_token',
    'accessToken',
    'plain_api_token',
    'refresh_token',
    'api_key',
    'apiKey',
    'api-key',
    'x-api-key',
    'pepper',
    'apiKeyPepper',
    'credentials_keys',
    'credentialsKeys',
    'databaseUrl',
    'migrationDatabaseUrl',
    'auth_token',
    'jwt_token',
    'api_token',
    'tata_password',
    'outbound_password',
    'Password',
  ])('leaves out what is called %s, be it a text, a number or inside a text', (name) => {
    const { lines, destination } = collect();
    const logger = createLogger({ name: 'test', level: 'info', destination });
    logger.info({ [name]: 'hunter2' }, 'said');
    logger.info({ [name]: 4711.5 }, 'said');
    logger.info({ body: JSON.stringify({ [name]: 'hunter2' }) }, 'said');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).not.toMatch(/hunter2|4711/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ [name]: '[redacted]' });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ [name]: '[redacted]' });
  });

  it('leaves alone what only resembles a secret', () => {
    const { lines, destination } = collect();
    createLogger({ name: 'test', level: 'info', destination }).info(
      { url: 'https://a.example/token?x=1', tokens: 3 },
      'password rules',
    );
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      url: 'https://a.example/token?x=1',
      tokens: 3,
      msg: 'password rules',
    });
  });

  it('tells what statement failed and why, not what it was given', () => {
    const { lines, destination } = collect();
    const driverError = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    const failed = {
      query: 'insert into calls values ($1)',
      parameters: ['+919876543210'],
      driverError,
      code: '40P01',
    };
    const logger = createLogger({ name: 'test', level: 'info', destination });
    logger.error({ err: Object.assign(new TypeError('deadlock detected'), failed) }, 'request failed');
    expect(lines[0]).not.toContain('9876543210');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: {
        type: 'TypeError',
        message: 'deadlock detected',
        stack: expect.stringContaining('logging.spec') as string,
        query: 'insert into calls values ($1)',
        code: '40P01',
        driverError: { message: 'deadlock detected' },
      },
    });
  });

  it('takes for an error whatever was thrown', () => {
    const { lines, destination } = collect();
    const logger = createLogger({ name: 'test', level: 'info', destination });
    for (const err of ['a text', null, undefined]) logger.error({ err }, 'failed');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string; err?: unknown }).err)).toEqual([
      'a text',
      null,
      undefined,
    ]);
  });

  it("carries Nest's own messages with their context and stack", () => {
    const { lines, destination } = collect();
    const nest = nestLogger(createLogger({ name: 'test', level: 'info', destination }));
    nest.log('Mapped {/docs, GET} route', 'RouterExplorer');
    nest.log('started', 'NestApplication');
    nest.error('broke', 'Error: broke\n at x', 'Handler');
    nest.error(new Error('thrown'));
    const [started, broke, thrown] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    // What is said of every module and route is for debugging.
    expect(started).toMatchObject({ level: 'info', msg: 'started', context: 'NestApplication' });
    expect(broke).toMatchObject({ level: 'error', msg: 'broke', context: 'Handler', detail: ['Error: broke\n at x'] });
    expect(thrown).toMatchObject({ msg: 'thrown', err: { type: 'Error' } });
  });
});
