import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectionNames } from './connection-names';
import { MessageContexts } from './message-contexts';
import { post, retryAfterMs } from './post';

let server: Server;
let respond: (response: ServerResponse, url: string) => void;
const urlOf = (): string => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
const send = (timeoutMs = 10_000) =>
  post({ url: urlOf(), body: '{}', headers: {}, timeoutMs, now: () => Date.parse('2026-11-21T10:00:00Z') });

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    respond(response, request.url ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('post', () => {
  it.each([
    ['accepts any 2xx', 202, {}, { kind: 'accepted' }],
    [
      'follows no redirect',
      302,
      { location: '/elsewhere' },
      { kind: 'failed', reason: 'HTTP 302', retryAfterMs: null },
    ],
    [
      'waits as Retry-After says',
      429,
      { 'retry-after': '7' },
      { kind: 'failed', reason: 'HTTP 429', retryAfterMs: 7_000 },
    ],
    ['knows a body that is refused', 400, {}, { kind: 'refused', reason: 'HTTP 400' }],
  ] as const)('%s', async (_, status, headers, want) => {
    respond = (response) => response.writeHead(status, headers).end();
    expect(await send()).toEqual(want);
  });

  it('waits no longer than its time for an answer', async () => {
    respond = () => undefined;
    expect(await send(150)).toEqual({ kind: 'failed', reason: 'no answer in time', retryAfterMs: null });
  });

  it('reads a bounded part of an answer that does not end', async () => {
    respond = (response) => {
      response.writeHead(500);
      response.write('x'.repeat(100_000));
    };
    expect(await send()).toMatchObject({ kind: 'failed', reason: `HTTP 500 ${'x'.repeat(200)}` });
  });

  it('tells why there was no connection, and not to where', async () => {
    const answer = await post({
      url: 'http://127.0.0.1:1/secret',
      body: '',
      headers: {},
      timeoutMs: 5_000,
      now: Date.now,
    });
    expect(answer).toMatchObject({ kind: 'failed', reason: expect.not.stringContaining('secret') as string });
  });
});

it.each([
  [null, null],
  ['7', 7_000],
  ['Sat, 21 Nov 2026 10:00:05 GMT', 5_000],
  ['Sat, 21 Nov 2026 09:00:05 GMT', 0],
  ['999999', 3_600_000],
  ['soon', null],
])('Retry-After %j is %j ms', (header, want) => {
  expect(retryAfterMs(header, Date.parse('2026-11-21T10:00:00Z'))).toBe(want);
});

describe('names of connections', () => {
  const contexts = (names = {}) =>
    new MessageContexts({
      names,
      docsUrl: null,
      fetchNames: connectionNames({ DIALTONE_API_URL: urlOf(), DIALTONE_API_KEY: 'key' }),
      now: () => 0,
    });

  it('come from the configuration, else from the API, page by page, else they are ids', async () => {
    const pages = [
      { connections: [{ id: 'a', name: 'North' }], next_cursor: 'b' },
      { connections: [{ id: 'b', name: 'South' }] },
    ];
    respond = (response, url) => {
      const data = pages[url.includes('cursor=b') ? 1 : 0];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ success: true, data }));
    };
    const { connectionName } = await contexts({ c: 'Mine' }).current();
    expect(['a', 'b', 'c', 'd'].map(connectionName)).toEqual(['North', 'South', 'Mine', 'd']);
  });

  it('hold no message up when the API fails', async () => {
    let asked = 0;
    respond = (response) => {
      asked += 1;
      response.writeHead(500).end();
    };
    const failing = contexts();
    for (let message = 0; message < 3; message += 1) expect((await failing.current()).connectionName('a')).toBe('a');
    expect(asked).toBe(1);
  });
});
