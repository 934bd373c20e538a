import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { patientFetch, type Patience } from './patient-fetch';

type Reply = (response: ServerResponse) => void;

const envelope =
  (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ success: false, error: { code, message: 'No.' } }));
  };
const ok: Reply = (response) => response.end('{"success":true}');
const broken: Reply = (response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('half', () => response.destroy());
};
const cut: Reply = (response) => response.destroy();

let server: Server;
let url: string;
let replies: Reply[];
let bodies: string[];
let keys: unknown[];
beforeEach(async () => {
  [replies, bodies, keys] = [[], [], []];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      bodies.push(body);
      keys.push(request.headers['idempotency-key']);
      (replies.shift() ?? ok)(response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const said: string[] = [];
const terms = (more: Partial<Patience> = {}): Patience => ({
  ms: 20_000,
  attemptMs: 10_000,
  signal: new AbortController().signal,
  say: (line) => said.push(line),
  ...more,
});
const post = (more?: Partial<Patience>): Promise<Response> =>
  patientFetch(terms(more))(url, { method: 'POST', body: '{"a":1}', headers: { 'idempotency-key': 'k1' } });

describe('a request of the command line', () => {
  it.each([
    ['503 of a gateway that is busy', envelope(503, 'SERVICE_UNAVAILABLE', { 'retry-after': '1' })],
    ['503 of a proxy', (response: ServerResponse) => response.writeHead(503).end('<h1>Unavailable</h1>')],
    ['502 of a proxy whose gateway is away', (response: ServerResponse) => response.writeHead(502).end()],
    ['429 with Retry-After', envelope(429, 'RATE_LIMITED', { 'retry-after': '1' })],
    ['409 of a duplicate that runs', envelope(409, 'IDEMPOTENCY_IN_PROGRESS', { 'retry-after': '1' })],
    ['a connection that is cut before the answer', cut],
    ['a connection that is cut in the middle of the answer', broken],
  ])('comes again after %s, with the same body and key', async (_, reply) => {
    replies = [reply];
    expect((await post()).status).toBe(200);
    expect(bodies).toEqual(['{"a":1}', '{"a":1}']);
    expect(keys).toEqual(['k1', 'k1']);
  });

  it.each([
    ['400', envelope(400, 'VALIDATION_ERROR')],
    ['409 of a conflict', envelope(409, 'MANAGER_CONFLICT')],
    ['503 of a deployment without writes', envelope(503, 'WRITES_DISABLED')],
    ['504 with an outcome that is unknown', envelope(504, 'VOICELINK_OUTCOME_UNKNOWN')],
    ['429 without a time', envelope(429, 'CALL_LIMIT_REACHED')],
  ])('does not come again after %s', async (_, reply) => {
    replies = [reply];
    expect((await post()).status).toBeGreaterThanOrEqual(400);
    expect(bodies).toHaveLength(1);
  });

  it('gives the last answer when its patience ends, and does not wait for longer than that', async () => {
    replies = Array.from({ length: 3 }, () => envelope(503, 'SERVICE_UNAVAILABLE', { 'retry-after': '30' }));
    expect((await post({ ms: 5_000 })).status).toBe(503);
    expect(bodies).toHaveLength(1);
  });

  it('waits for a gateway that is started later', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const answer = post();
    setTimeout(() => server.listen(port, '127.0.0.1'), 700);
    expect((await answer).status).toBe(200);
  });

  it('ends at once when it is interrupted, also while it waits', async () => {
    const controller = new AbortController();
    replies = [envelope(429, 'RATE_LIMITED', { 'retry-after': '60' })];
    const answer = post({ signal: controller.signal });
    setTimeout(() => {
      controller.abort();
    }, 300);
    await expect(answer).rejects.toThrow(/abort/i);
    expect(said.at(-1)).toMatch(/^429 RATE_LIMITED; again in 60 s$/);
  });

  it('is not tried again where no HTTP client goes', async () => {
    await expect(patientFetch(terms())('http://127.0.0.1:1/')).rejects.toThrow('fetch failed');
    expect(said.filter((line) => line.includes('bad port'))).toEqual([]);
  });
});
