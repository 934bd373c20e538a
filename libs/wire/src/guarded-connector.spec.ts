import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { describePublicOnly } from '@dialtone/testing';
import { Client } from 'undici';
import { Exchanges } from './exchanges';
import type { WireAnswer } from './exchange';
import { guardedConnector, type Resolve } from './guarded-connector';
import { PublicNetwork } from './public-network';

const LOOPBACK: LookupAddress = { address: '127.0.0.1', family: 4 };

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
  const answers =
    (...found: readonly LookupAddress[]): Resolve =>
    () =>
      Promise.resolve(found);

  it('is not made to 127.0.0.1: nothing was sent, and no time has passed', async () => {
    const refused = { sent: false, timedOut: false, reason: 'connection failed (ADDRESS_REFUSED)' };
    expect(await ask('127.0.0.1')).toEqual({ kind: 'no_answer', ...refused });
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

describePublicOnly('a guarded connection', {
  ask: async (url, { privateNetworks, resolve }) => {
    const network = new PublicNetwork(privateNetworks);
    const connect = guardedConnector(network, { timeoutMs: 10_000, ...(resolve !== undefined && { resolve }) });
    const client = new Client(new URL(url).origin, { connect });
    const answer = await new Exchanges().run(10_000, (exchange) => {
      client.dispatch({ method: 'GET', path: '/' }, exchange);
    });
    await client.destroy();
    return answer.kind === 'answer' ? answer.status : answer.reason;
  },
});
