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

/** A way to a TCP server on this machine that can be cut, go silent, and be mended. */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private server: Server | null = null;
  private listening = 0;
  private isSilent = false;

  constructor(private readonly target: number) {}

  get port(): number {
    return this.listening;
  }

  /** The URL with this way in place of its own host and port. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.listening);
    return changed.toString();
  }

  /** Opens the way for new connections, on the same port each time. Those that went silent stay so. */
  async mend(): Promise<void> {
    this.isSilent = false;
    if (this.server !== null) return;
    this.server = createServer((inward) => {
      this.carry(inward);
    });
    this.listening = await listenOn(this.server, this.listening);
  }

  /**
   * Carries nothing any more, and closes nothing: what one side sends or closes never reaches the other. `open`: on the
   * connections that there are; `all`: also on new ones, which are taken.
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

/** What is not read is not noticed either: neither data nor the end. */
const hush = ({ inward, outward }: Link): void => {
  inward.unpipe(outward).pause();
  outward.unpipe(inward).pause();
};
