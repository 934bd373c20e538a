import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { Client } from 'undici';
import { Exchanges } from './exchanges';
import type { WireAnswer } from './exchange';
import { guardedConnector, type Resolve } from './guarded-connector';
import { PublicNetwork } from './public-network';

const LOOPBACK: LookupAddress = { address: '127.0.0.1', family: 4 };
const PUBLIC: LookupAddress = { address: '93.184.216.34', family: 4 };

describe('a guarded connection', () => {
  let server: Server;
  let port: number;
  let connections = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: `http://127.0.0.1:${String(port)}/inner` });
      response.end(request.url);
    });
    server.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    connections = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const ask = async (
    host: string,
    {
      resolve,
      network = new PublicNetwork(),
      path = '/',
    }: { resolve?: Resolve; network?: PublicNetwork; path?: string } = {},
  ): Promise<WireAnswer> => {
    const { origin } = new URL(`http://${host}:${String(port)}`);
    const connect = guardedConnector(network, { timeoutMs: 2_000, ...(resolve !== undefined && { resolve }) });
    const client = new Client(origin, { connect });
    try {
      return await new Exchanges().run(2_000, (exchange) => {
        client.dispatch({ method: 'GET', path }, exchange);
      });
    } finally {
      await client.destroy();
    }
  };
  const refused = { kind: 'no_answer', sent: false, timedOut: false, reason: 'connection failed (ADDRESS_REFUSED)' };
  const answers =
    (...found: readonly LookupAddress[]): Resolve =>
    () =>
      Promise.resolve(found);

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '0.0.0.0',
    '169.254.169.254',
    '10.0.0.1',
  ])('is not made to %s', async (host) => {
    expect(await ask(host)).toEqual(refused);
    expect(connections).toBe(0);
  });

  it.each([
    { name: 'a loopback address', found: [LOOPBACK] },
    { name: 'one private address among public ones', found: [PUBLIC, LOOPBACK] },
    { name: 'an IPv4 address as IPv6', found: [{ address: '::ffff:127.0.0.1', family: 6 }] },
    { name: 'no address', found: [] },
  ])('is not made by a name that has $name', async ({ found }) => {
    expect(await ask('carrier.example', { resolve: answers(...found) })).toEqual(refused);
    expect(connections).toBe(0);
  });

  it('is not made by a name that leads elsewhere than when it was checked', async () => {
    const found = [[PUBLIC], [LOOPBACK]];
    const resolve: Resolve = () => Promise.resolve(found.shift() ?? []);
    await resolve('carrier.example');
    expect(await ask('carrier.example', { resolve })).toEqual(refused);
    expect(connections).toBe(0);
  });

  it('is made to what the operator names, and follows no redirect', async () => {
    const network = new PublicNetwork(['127.0.0.0/8']);
    expect(await ask('127.0.0.1', { network })).toMatchObject({ kind: 'answer', status: 200 });
    expect(await ask('carrier.example', { network, resolve: answers(LOOPBACK), path: '/moved' })).toMatchObject({
      status: 302,
    });
    expect(connections).toBe(2);
  });

  it('fails without having sent anything when the name is not known', async () => {
    const resolve: Resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    expect(await ask('carrier.example', { resolve })).toMatchObject({
      sent: false,
      reason: 'connection failed (ENOTFOUND)',
    });
  });
});
