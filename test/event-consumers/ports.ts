import { setTimeout as delay } from 'node:timers/promises';
import { createServer, type AddressInfo } from 'node:net';

/** A port of this machine that nothing listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });

/** Resolves when a server answers there; rejects after half a minute. */
export const listening = async (port: number): Promise<void> => {
  const isUp = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${String(port)}/`, { method: 'POST', body: '' }).then(
      () => true,
      () => false,
    );
  for (let tries = 0; !(await isUp()); tries += 1) {
    if (tries === 1_500) throw new Error(`nothing listens on port ${String(port)}`);
    await delay(20);
  }
};
