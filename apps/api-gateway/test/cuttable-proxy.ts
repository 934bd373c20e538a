import { connect, createServer, type Server, type Socket } from 'node:net';

const listenOn = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/** A way to a TCP server on this machine that can be cut and mended, to be without a database for a while. */
export class CuttableProxy {
  private readonly sockets = new Set<Socket>();
  private server: Server | null = null;
  private listening = 0;

  constructor(private readonly target: number) {}

  get port(): number {
    return this.listening;
  }

  /** Opens the way, on the same port each time. */
  async mend(): Promise<void> {
    this.server = createServer((inward) => {
      const outward = connect(this.target, '127.0.0.1');
      for (const socket of [inward, outward]) {
        this.sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          this.sockets.delete(socket);
          inward.destroy();
          outward.destroy();
        });
      }
      inward.pipe(outward).pipe(inward);
    });
    this.listening = await listenOn(this.server, this.listening);
  }

  /** Drops all connections and refuses new ones. */
  async cut(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    await new Promise((resolve) => {
      server.close(resolve);
      for (const socket of this.sockets) socket.destroy();
    });
  }
}
