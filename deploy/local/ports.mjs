import { createServer } from 'node:net';
import { Explained } from './errors.mjs';

/** Resolves to the port that could be bound on 127.0.0.1 (0: any), or to null when it is taken. */
function bindable(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(null) : reject(error),
    );
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const bound = server.address().port;
      server.close(() => resolve(bound));
    });
  });
}

/** A port without a listener. Another process may take it first: bind it soon. */
export const freePort = () => bindable(0);

/**
 * The wanted port when it is free; otherwise another one, which is said, unless the wanted one was asked for explicitly.
 * @param {{name: string, wanted: number, explicit?: boolean, say?: (line: string) => void}} request
 */
export async function choosePort({ name, wanted, explicit = false, say = () => {} }) {
  if ((await bindable(wanted)) !== null) return wanted;
  if (explicit)
    throw new Explained(`Port ${wanted} for ${name} is taken by another process. Free it, or ask for another one.`);
  const other = await freePort();
  say(`Port ${wanted} is taken: ${name} gets ${other}.`);
  return other;
}
