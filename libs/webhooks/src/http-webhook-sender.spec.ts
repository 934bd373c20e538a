import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebhookAnswer } from '@dialtone/engine';
import { describePublicOnly } from '@dialtone/testing';
import { Webhook } from 'standardwebhooks';
import { HttpWebhookSender } from './http-webhook-sender';
import { newWebhookSecret } from './signatures';

const MESSAGE = { id: '0196f3a0-6f5e-7c3a-9d52-3f1c8e2b7a10', body: '{"type":"x","number":"+91 80"}' };
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

describe('HttpWebhookSender', () => {
  let server: Server;
  let port: number;
  let requests: { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  let closed = 0;

  const ROUTES: Readonly<
    Record<string, { readonly status: number; readonly headers?: object; readonly body?: string }>
  > = {
    '/moved': { status: 302, headers: { location: '/inner' } },
    '/busy': { status: 503, headers: { 'retry-after': '120' }, body: 'later' },
    '/long': { status: 200, body: 'x'.repeat(1_000_000) },
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '' } = request;
        requests.push({ url, headers: request.headers, body: Buffer.concat(chunks).toString() });
        if (url === '/silent') return;
        const { status, headers = {}, body = '' } = ROUTES[url] ?? { status: 200, body: `you sent ${url}` };
        response.writeHead(status, { ...headers }).end(body);
        if (url === '/endless') response.flushHeaders();
      });
      response.on('close', () => (closed += 1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    requests = [];
    closed = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const secret = newWebhookSecret();
  const send = (
    url: string,
    {
      secrets = [secret],
      privateNetworks = LOOPBACK,
      timeoutMs = 10_000,
    }: { secrets?: string[]; privateNetworks?: string[]; timeoutMs?: number } = {},
  ): Promise<WebhookAnswer> =>
    new HttpWebhookSender({
      privateNetworks,
      timeoutMs,
      now: Date.now,
    }).send({ url, secrets }, MESSAGE);
  const at = (path: string): string => `http://127.0.0.1:${String(port)}${path}`;

  it('signs so that the public library verifies it, with each secret that holds', async () => {
    const before = newWebhookSecret();
    expect(await send(at('/hook?token=abc'), { secrets: [secret, before] })).toMatchObject({ status: 200 });
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = requests;
    expect(url).toBe('/hook?token=abc');
    expect(body).toBe(MESSAGE.body);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': MESSAGE.id });
    const signed = headers as Record<string, string>;
    for (const known of [secret, before]) expect(new Webhook(known).verify(body, signed)).toEqual(JSON.parse(body));
    expect(() => new Webhook(newWebhookSecret()).verify(body, signed)).toThrow('No matching signature');
    expect(() => new Webhook(secret).verify(`${body} `, signed)).toThrow('No matching signature');
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('follows no redirect, and tells how long the receiver asks to wait', async () => {
    expect(await send(at('/moved'))).toMatchObject({ kind: 'answer', status: 302 });
    expect(requests.map(({ url }) => url)).toEqual(['/moved']);
    expect(await send(at('/busy'))).toMatchObject({ status: 503, retryAfterMs: 120_000, response: 'later' });
  });

  it('ends after its time, and closes the connection', async () => {
    const answer = await send(at('/silent'), { timeoutMs: 300 });
    expect(answer).toMatchObject({ kind: 'no_answer', reason: 'time-out' });
    expect(answer.latencyMs).toBeGreaterThanOrEqual(290);
    for (let tries = 0; closed === 0 && tries < 500; tries += 1) await delay(10);
    expect(closed).toBe(1);
  });

  it('reads no more of a long answer than it needs', async () => {
    const answer = await send(at('/long'));
    expect(answer).toMatchObject({ kind: 'answer', status: 200 });
    expect('response' in answer && answer.response?.length).toBe(1_001);
  });

  it('keeps no token of the URL and no secret that a receiver quotes', async () => {
    const token = 'Zm9vYmFyMTIz45';
    const answer = await send(at(`/services/T0123456789ABCDEFG?token=${token}&x=${encodeURIComponent(secret)}`));
    const kept = JSON.stringify(answer);
    expect(kept).toContain('you sent');
    for (const hidden of [token, 'T0123456789ABCDEFG', secret, encodeURIComponent(secret)])
      expect(kept).not.toContain(hidden);
  });
});

describePublicOnly('HttpWebhookSender', {
  ask: async (url, { privateNetworks, resolve }) => {
    const options = { privateNetworks, timeoutMs: 10_000, now: Date.now, ...(resolve !== undefined && { resolve }) };
    const answer = await new HttpWebhookSender(options).send({ url, secrets: [newWebhookSecret()] }, MESSAGE);
    return answer.kind === 'answer' ? answer.status : answer.reason;
  },
});
