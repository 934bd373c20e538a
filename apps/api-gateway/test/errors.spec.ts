import { connect } from 'node:net';
import { CredentialsUnreadableError } from '@dialtone/engine';
import { DatabaseAwayError } from '@dialtone/persistence';
import { ERROR_STATUS, type ErrorCode } from '../src/http/errors/api-error';
import { TestGateway } from './gateway';
import { KEY } from './observations';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;
const nested = (levels: number): string => `{"agent_id":${'['.repeat(levels)}${']'.repeat(levels)}}`;
const form = (contentType: string): object => ({ payload: 'agent_id=x', headers: { 'content-type': contentType } });

describe('the envelope of errors', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  beforeEach(() => {
    gateway.reset();
  });
  afterAll(() => gateway.close());

  it.each<[name: string, code: ErrorCode, request: readonly ['GET' | 'PUT' | 'PATCH', string, object?]]>([
    ['an unknown route', 'NOT_FOUND', ['GET', '/api/v2/nothing', {}]],
    ['a method that a route does not have', 'NOT_FOUND', ['PATCH', ONE, {}]],
    ['a route above the API', 'NOT_FOUND', ['GET', '/', {}]],
    ['malformed percent-encoding', 'VALIDATION_ERROR', ['GET', '/api/v2/voicelink/bindings/%ZZ', {}]],
    ['malformed JSON', 'VALIDATION_ERROR', ['PUT', ONE, { payload: '{"agent_id":' }]],
    ['JSON that is nested without end', 'VALIDATION_ERROR', ['PUT', ONE, { payload: nested(20_000) }]],
    ['a poisoned prototype', 'VALIDATION_ERROR', ['PUT', ONE, { payload: '{"__proto__":{"x":1}}' }]],
    [
      'a body over 64 KiB',
      'PAYLOAD_TOO_LARGE',
      ['PUT', ONE, { payload: JSON.stringify({ bot_name: 'x'.repeat(70_000) }) }],
    ],
    ['a form', 'UNSUPPORTED_MEDIA_TYPE', ['PUT', ONE, form('application/x-www-form-urlencoded')]],
    ['plain text', 'UNSUPPORTED_MEDIA_TYPE', ['PUT', ONE, form('text/plain')]],
    ['a media type that is none', 'UNSUPPORTED_MEDIA_TYPE', ['PUT', ONE, form('json')]],
    ['a path segment without end', 'URI_TOO_LONG', ['GET', `/api/v2/voicelink/bindings/${'9'.repeat(2000)}`, {}]],
  ])('holds %s', async (_name, code, request) => {
    const answer = await gateway.ask(...request);
    expect(answer.json.success).toBe(false);
    expect([answer.status, answer.json.error.code]).toEqual([ERROR_STATUS[code], code]);
    expect(answer.json.error.message).toMatch(/[.]$/);
    expect(Object.keys(answer.json)).toEqual(['success', 'error']);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is logged and counted also where no route sees the request', async () => {
    const url = '/api/v2/voicelink/bindings/%ZZ?token=secret';
    const answer = await gateway.ask('GET', url, { headers: { 'x-request-id': 'early' } });
    expect(answer.headers).toMatchObject({ 'x-request-id': 'early', 'cache-control': 'no-store' });
    const lines = gateway.log.filter((line) => line.includes('"msg":"request"'));
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      {
        request_id: 'early',
        method: 'GET',
        path: '/api/v2/voicelink/bindings/%ZZ',
        status: 400,
        code: 'VALIDATION_ERROR',
      },
    ]);
    expect(lines.join('')).not.toContain('secret');
    expect(await gateway.registry.metrics()).toMatch(
      /http_requests_total\{method="unmatched",route="unmatched",status="400"\} [1-9]/,
    );
  });

  it('names the route that is not there without its query', async () => {
    const answer = await gateway.ask('GET', '/api/v2/nothing?token=secret');
    expect(answer.json.error.message).toBe('There is no GET /api/v2/nothing here.');
  });

  it('echoes a request id that is safe to log, and makes one otherwise', async () => {
    const echoed = await gateway.ask('GET', ONE, { headers: { 'x-request-id': 'trace-1:a/b' } });
    expect(echoed.headers['x-request-id']).toBe('trace-1:a/b');
    for (const id of ['two words', 'x'.repeat(129), '"}{']) {
      const replaced = await gateway.ask('GET', ONE, { headers: { 'x-request-id': id } });
      expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  describe('when a store throws', () => {
    const declare = () =>
      gateway.ask('PUT', ONE, { body: { agent_id: gateway.tenant.agentId }, headers: { 'x-request-id': 'abc' } });

    it('tells nothing of a defect but the request id under which it is logged', async () => {
      gateway.world.declared.failure = new TypeError('relation "bindings" of user=postgres');
      const answer = await declare();
      expect([answer.status, answer.json.error.code]).toEqual([500, 'INTERNAL_ERROR']);
      expect(answer.json.error.message).toContain('abc');
      expect(answer.text).not.toMatch(/relation|postgres|TypeError/);
      const line = gateway.log.find((entry) => entry.includes('relation'));
      expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'error', request_id: 'abc', msg: 'request failed' });
    });

    it('says what a partner can do about credentials that cannot be opened, and tells the operator which', async () => {
      gateway.world.declared.failure = new CredentialsUnreadableError('c1', new Error('sealed'));
      const answer = await declare();
      expect([answer.status, answer.json.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
      expect(answer.json.error.message).toContain('send them again');
      expect(answer.text).not.toMatch(/c1|sealed|key/);
      expect(gateway.log.some((line) => line.includes('credentials of connection c1'))).toBe(true);
    });

    it.each([
      ['a refused connection', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
      ['a server that is shutting down', Object.assign(new Error('terminating'), { code: '57P01' })],
      ['an exhausted pool', new Error('timeout exceeded when trying to connect')],
      ['a database that takes no writes', Object.assign(new Error('read-only transaction'), { code: '25006' })],
      ['a statement that took too long', Object.assign(new Error('canceling statement'), { code: '57014' })],
      ['a database that says nothing', new DatabaseAwayError('silent')],
    ])('asks to try again for %s', async (_name, failure) => {
      gateway.world.declared.failure = failure;
      const answer = await declare();
      expect([answer.status, answer.json.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(gateway.log.some((line) => line.includes('"code":"SERVICE_UNAVAILABLE"'))).toBe(true);
    });
  });

  describe('is also what a connection gets', () => {
    let port: number;
    beforeAll(async () => {
      await gateway.app.listen(0, '127.0.0.1');
      port = Number(new URL(await gateway.app.getUrl()).port);
    });

    const say = (text: string): Promise<{ readonly head: string; readonly body: string; readonly ms: number }> => {
      const begun = performance.now();
      return new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text));
        let said = '';
        socket.on('data', (chunk) => (said += chunk.toString()));
        socket.on('end', () => {
          const [head = '', body = ''] = said.split('\r\n\r\n');
          resolve({ head, body, ms: performance.now() - begun });
        });
        socket.on('error', reject);
      });
    };

    it('that does not speak HTTP', async () => {
      const { head, body } = await say('HELLO\r\n\r\n');
      expect(head).toMatch(/^HTTP\/1.1 400 Bad Request/);
      expect(JSON.parse(body)).toMatchObject({ success: false, error: { code: 'VALIDATION_ERROR' } });
    });

    it('that sends headers without end', async () => {
      const { head, body } = await say(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`);
      expect(head).toMatch(/^HTTP\/1.1 431 /);
      expect(JSON.parse(body)).toMatchObject({ success: false, error: { code: 'HEADERS_TOO_LARGE' } });
      const [, requestId = ''] = /\r\nX-Request-Id: ([0-9a-f-]{36})\r\n/.exec(head) ?? [];
      const line = gateway.log.find((entry) => entry.includes(`"request_id":"${requestId}"`));
      expect(JSON.parse(line ?? '{}')).toMatchObject({ status: 431, code: 'HEADERS_TOO_LARGE', msg: 'request' });
    });

    it('that does not finish its headers, and then is closed', async () => {
      const { head, body, ms } = await say('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      expect(head).toMatch(/^HTTP\/1.1 408 Request Timeout/);
      expect(JSON.parse(body)).toMatchObject({ success: false, error: { code: 'REQUEST_TIMEOUT' } });
      // Of a whole request it would be half a minute.
      expect(ms).toBeLessThan(25_000);
    });
  });

  it('gives a request half a minute to arrive, its body included, and ten minutes to be answered', () => {
    const { requestTimeout, headersTimeout, timeout } = gateway.app.getHttpServer();
    expect([requestTimeout, headersTimeout, timeout]).toEqual([30_000, 10_000, 600_000]);
  });
});
