import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { closeLingering } from './lingering-close';

describe('closeLingering', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('closes after half a minute also what never falls silent', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined).resume();
    const [socket] = (await once(server, 'connection')) as [Socket];
    closeLingering(socket);
    await once(client, 'end');
    client.write('x');
    await once(socket, 'data');
    jest.advanceTimersByTime(29_999);
    expect(socket.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(socket.destroyed).toBe(true);
    client.destroy();
    server.close();
  });
});
