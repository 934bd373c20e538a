import { connect, type Socket } from 'node:net';
import { addressesOf, listenOn } from '../src/http/server/listen-on';
import { TestGateway } from './gateway';
import { eventually, getOf } from './raw-client';

const [FIRST, SECOND] = ['127.0.0.1', '127.0.0.2'] as const;
const STRANGERS = 400;
const UNANSWERED = 16;
const BINDINGS = '/api/v2/voicelink/bindings';

/** A bare connection to one of the addresses. */
class Client {
  said = '';
  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined).on('data', (chunk) => (this.said += chunk.toString()));
  }

  static async open(address: string, port: number): Promise<Client> {
    const client = new Client(connect(port, address));
    await new Promise((resolve) => client.socket.once('connect', resolve).once('error', resolve));
    return client;
  }

  get statuses(): number[] {
    return [...this.said.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => Number(status));
  }
}

describe('a gateway that listens on more than one address', () => {
  let gateway: TestGateway;
  let port: number;
  const clients: Client[] = [];
  const open = async (address: string): Promise<Client> => {
    const client = await Client.open(address, port);
    clients.push(client);
    return client;
  };
  beforeEach(async () => {
    gateway = await TestGateway.start();
    await listenOn(gateway.app, 0, [FIRST, SECOND]);
    port = Number(new URL(await gateway.app.getUrl()).port);
  });
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.resetAndDestroy();
    await gateway.close();
  });

  it.each([FIRST, SECOND])('answers a partner on %s', async (address) => {
    const client = await open(address);
    client.socket.write(getOf(BINDINGS, gateway.tenant.apiKey));
    await eventually(() => client.statuses.length > 0);
    expect(client.statuses).toEqual([200]);
  });

  it.each([FIRST, SECOND])('bounds the requests that one connection to %s sends ahead', async (address) => {
    const client = await open(address);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    gateway.world.apiKeys.authenticateAll = (keys) => promise.then(() => keys.map(() => null));
    client.socket.write(getOf(BINDINGS, `rg_live_${'0'.repeat(16)}_${'A'.repeat(43)}`).repeat(200));
    await eventually(() => gateway.log.some((line) => line.includes('"status":503')));
    resolve(undefined);
    await eventually(() => client.socket.destroyed);
    expect(client.statuses).toEqual([...Array<number>(UNANSWERED).fill(401), 503]);
  });

  it('bounds the connections of strangers to all of them together', async () => {
    for (let nth = 0; nth < STRANGERS / 2; nth += 1) for (const address of [FIRST, SECOND]) await open(address);
    const [oldest, next] = clients;
    expect(oldest?.socket.destroyed).toBe(false);
    await open(SECOND);
    await eventually(() => oldest?.socket.destroyed === true);
    expect([oldest?.socket.destroyed, next?.socket.destroyed]).toEqual([true, false]);
  });

  it('is closed on all of them', async () => {
    await gateway.app.close();
    const late = await open(SECOND);
    await eventually(() => late.socket.destroyed);
    expect([late.socket.destroyed, late.said]).toEqual([true, '']);
  });
});

describe('the addresses of a host', () => {
  it('are all that localhost has, and else what was said', async () => {
    expect(await addressesOf('0.0.0.0')).toEqual(['0.0.0.0']);
    const local = await addressesOf('localhost');
    expect(local).toEqual(expect.arrayContaining(['127.0.0.1']));
    for (const address of local) expect(address).toMatch(/^(127\.|::1$)/);
  });
});
