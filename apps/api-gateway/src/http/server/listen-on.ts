import { lookup } from 'node:dns/promises';
import { createServer, type Server } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** As Fastify does, so that clients reach the gateway whichever address they try first; for other names one is enough. */
export const addressesOf = async (host: string): Promise<readonly string[]> => {
  if (host !== 'localhost') return [host];
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
};

/** An address that the machine has not, such as that of IPv6 where it is off, is left out. */
const opened = (door: Server, port: number, address: string): Promise<void> =>
  new Promise((resolve) => {
    door.once('listening', resolve).once('error', () => {
      resolve();
    });
    door.listen(port, address);
  });

/**
 * Listens on several addresses with one server, behind whose bounds all connections are. Fastify would listen on the others with
 * a second server, which has none of them. Call instead of `listen`.
 */
export const listenOn = async (
  app: NestFastifyApplication,
  port: number,
  [first = '', ...others]: readonly string[],
): Promise<void> => {
  await app.listen(port, first);
  const server = app.getHttpServer();
  const chosen = Number(new URL(await app.getUrl()).port);
  for (const address of others) {
    // As of a server of HTTP: an end of the client's side is not the end of its answer.
    const door = createServer(
      { allowHalfOpen: true, noDelay: true },
      (socket) => void server.emit('connection', socket),
    );
    server.once('close', () => door.close());
    await opened(door, chosen, address);
  }
};
