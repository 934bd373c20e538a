import { connect, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { useGateway } from './gateway';
import { KEY } from './observations';

const MIB = 1024 * 1024;
const PIECE = 'x'.repeat(64 * 1024);
const CHUNK = `${PIECE.length.toString(16)}\r\n${PIECE}\r\n`;

/** One connection: what it received, and how it ended. */
interface Seen {
  readonly statuses: readonly string[];
  readonly text: string;
  readonly end: 'closed' | 'reset';
}

describe('a client that is answered while it still sends its body', () => {
  const gateway = useGateway();
  let port = 0;
  beforeAll(async () => {
    await gateway.app.listen(0, '127.0.0.1');
    port = Number(new URL(await gateway.app.getUrl()).port);
  });

  const head = (length: string, { method = 'PUT', key = gateway.tenant.apiKey, path = '' } = {}): string =>
    [
      `${method} ${path === '' ? `/api/v2/voicelink/bindings/${KEY}` : path} HTTP/1.1`,
      'Host: x',
      ...(key === '' ? [] : [`Authorization: Bearer ${key}`]),
      'Content-Type: application/json',
      length,
      '\r\n',
    ].join('\r\n');

  /** Sends as `say` does without reading a byte, and only then reads, as simple clients do. */
  const readAfterwards = async (say: (socket: Socket) => Promise<void>): Promise<Seen> => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let end: Seen['end'] = 'closed';
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.pause();
    socket.on('error', () => (end = 'reset'));
    await say(socket);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('end', () => socket.end());
    socket.resume();
    await closed;
    return { statuses: [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status), text, end };
  };

  const write = async (socket: Socket, text: string): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      socket.write(text, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  };

  const flood =
    (start: string, piece: string, bytes: number, pauseMs = 0) =>
    async (socket: Socket): Promise<void> => {
      await write(socket, start);
      for (let sent = 0; sent < bytes; sent += piece.length) {
        await write(socket, piece);
        if (pauseMs > 0) await sleep(pauseMs);
      }
    };

  const length = (bytes: number): string => `Content-Length: ${String(bytes)}`;
  const CHUNKED = 'Transfer-Encoding: chunked';

  it.each<[name: string, status: string, send: () => (socket: Socket) => Promise<void>]>([
    ['a body of an announced length', '413', () => flood(head(length(8 * MIB)), PIECE, 8 * MIB)],
    ['a body that only just is too long', '413', () => flood(head(length(64 * 1024 + 1)), 'x', 64 * 1024)],
    ['a body that ends before the announced length', '413', () => flood(head(length(800 * MIB)), PIECE, 2 * MIB)],
    ['a chunked body without an end', '413', () => flood(head(CHUNKED), CHUNK, 8 * MIB)],
    ['a slow body', '413', () => flood(head(length(8 * MIB)), 'x', 20, 100)],
    ['a slow chunked body', '413', () => flood(head(CHUNKED), CHUNK, MIB, 50)],
    [
      'a body that needs no invitation',
      '413',
      () => flood(head(`Expect: 100-continue\r\n${length(4 * MIB)}`), PIECE, 4 * MIB),
    ],
    ['a body without a key', '401', () => flood(head(length(8 * MIB), { key: '' }), PIECE, 8 * MIB)],
    ['a chunked body without a key', '401', () => flood(head(CHUNKED, { key: '' }), CHUNK, 8 * MIB)],
    ['a body without a route', '404', () => flood(head(length(8 * MIB), { path: '/nowhere' }), PIECE, 8 * MIB)],
    ['a body without a readable URL', '400', () => flood(head(length(8 * MIB), { path: '/%ZZ' }), PIECE, 8 * MIB)],
    ['a body where none is read', '404', () => flood(head(CHUNKED, { method: 'GET' }), CHUNK, 8 * MIB)],
    ['headers without an end', '431', () => flood('GET / HTTP/1.1\r\nX: ', PIECE, 2 * MIB)],
    ['what is not HTTP', '400', () => flood('HELLO\r\n', PIECE, 2 * MIB)],
  ])('reads the answer to %s', async (_name, status, send) => {
    const seen = await readAfterwards(send());
    expect(seen.statuses).toEqual([status]);
    expect(seen.text).toContain('"success":false');
    expect(seen.text.toLowerCase()).toContain('connection: close');
    expect(seen.end).toBe('closed');
  });

  const fitting = (): string => JSON.stringify({ agent_id: gateway.tenant.agentId });

  it.each<[name: string, statuses: readonly string[], start: () => string, rest: () => string]>([
    ['when it fits', ['100', '201'], () => head(`Expect: 100-continue\r\n${length(fitting().length)}`), fitting],
    [
      'when it is chunked, whatever its length',
      ['100', '413'],
      () => head(`Expect: 100-continue\r\n${CHUNKED}`),
      () => CHUNK.repeat(2),
    ],
    ['but not when it is too large', ['413'], () => head(`Expect: 100-continue\r\n${length(MIB)}`), () => ''],
    [
      'but not when it comes without a key',
      ['401'],
      () => head(`Expect: 100-continue\r\n${length(9)}`, { key: '' }),
      () => '',
    ],
  ])('is invited to send a body %s', async (_name, statuses, start, rest) => {
    const seen = await readAfterwards(async (socket) => {
      await write(socket, start());
      await sleep(200);
      await write(socket, rest());
      if (statuses.includes('201')) socket.end();
    });
    expect(seen).toMatchObject({ statuses, end: 'closed' });
  });

  it('keeps its connection when the rest of the body is short', async () => {
    const seen = await readAfterwards(async (socket) => {
      for (const ending of ['', 'Connection: close\r\n']) {
        await write(socket, head(`${ending}${length(20)}`, { key: '' }));
        await sleep(50);
        await write(socket, 'x'.repeat(20));
      }
    });
    expect(seen).toMatchObject({ statuses: ['401', '401'], end: 'closed' });
  });

  it('has nothing carried out that it sends after a last answer', async () => {
    const seen = await readAfterwards(async (socket) => {
      await write(socket, head(length(MIB)));
      await write(socket, 'x'.repeat(MIB) + head(length(fitting().length)) + fitting());
      await sleep(300);
    });
    expect(seen).toMatchObject({ statuses: ['413'], end: 'closed' });
    expect((await gateway.ask('GET', `/api/v2/voicelink/bindings/${KEY}`)).status).toBe(404);
  });

  it.each<[name: string, start: () => string]>([
    ['after a too large body', () => head(length(800 * MIB))],
    ['after what is not HTTP', () => 'HELLO\r\n'],
  ])('is cut off %s when it does not stop', async (_name, start) => {
    const sending = readAfterwards(flood(start(), PIECE, 64 * MIB));
    await expect(sending).rejects.toThrow(/EPIPE|ECONNRESET/);
  });

  it('loses its connection when it says no more for five seconds', async () => {
    const server: Server = gateway.app.getHttpServer();
    const connections = promisify(server.getConnections.bind(server));
    const until = async (isSo: (count: number) => boolean): Promise<void> => {
      for (let tries = 0; tries < 2_000 && !isSo(await connections()); tries += 1) await sleep(10);
      expect(isSo(await connections())).toBe(true);
    };
    await until((count) => count === 0);
    const begun = performance.now();
    const silent = [head(length(800 * MIB)), 'HELLO\r\n'].map((start) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.write(start);
      return socket.on('error', () => undefined).resume();
    });
    await until((count) => count === 2);
    await until((count) => count < 2);
    expect(performance.now() - begun).toBeGreaterThan(4_900);
    await until((count) => count === 0);
    for (const socket of silent) socket.destroy();
  });
});
