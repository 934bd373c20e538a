import { connect, createServer, type Server, type Socket } from 'node:net';

const listenOn = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

interface Link {
  readonly inward: Socket;
  readonly outward: Socket;
}

/** A proxy to a TCP server on this machine that can be cut, fall silent, and be restored. */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private server: Server | null = null;
  private listening = 0;
  private isSilent = false;

  constructor(private readonly target: number) {}

  get port(): number {
    return this.listening;
  }

  /** The URL with the proxy in place of its host and port. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.listening);
    return changed.toString();
  }

  /** Accepts new connections, on the same port each time. Silent connections stay silent. */
  async mend(): Promise<void> {
    this.isSilent = false;
    if (this.server !== null) return;
    this.server = createServer((inward) => {
      this.carry(inward);
    });
    this.listening = await listenOn(this.server, this.listening);
  }

  /**
   * Forwards nothing any more, neither data nor a close. `open`: on the existing connections; `all`: also on new ones, which
   * are accepted.
   */
  silence(which: 'open' | 'all'): void {
    this.isSilent = which === 'all';
    for (const link of this.links) hush(link);
  }

  /** Drops all connections and refuses new ones. */
  async cut(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    await new Promise((resolve) => {
      server.close(resolve);
      for (const { inward, outward } of this.links) {
        inward.destroy();
        outward.destroy();
      }
    });
  }

  private carry(inward: Socket): void {
    const link = { inward, outward: connect(this.target, '127.0.0.1') };
    this.links.add(link);
    for (const socket of [inward, link.outward]) {
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.links.delete(link);
        inward.destroy();
        link.outward.destroy();
      });
    }
    inward.pipe(link.outward).pipe(inward);
    if (this.isSilent) hush(link);
  }
}

/** A paused socket reports neither data nor its end. */
const hush = ({ inward, outward }: Link): void => {
  inward.unpipe(outward).pause();
  outward.unpipe(inward).pause();
};
