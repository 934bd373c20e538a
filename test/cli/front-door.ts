import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** One address for a gateway that is killed and started on another port: what a load balancer is. */
export class FrontDoor {
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((client) => {
    const gateway = connect(Number(new URL(this.gatewayUrl()).port), '127.0.0.1');
    for (const [one, other] of [
      [client, gateway],
      [gateway, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });

  private constructor(private readonly gatewayUrl: () => string) {}

  /** @param gatewayUrl asked at each connection */
  static async open(gatewayUrl: () => string): Promise<FrontDoor> {
    const door = new FrontDoor(gatewayUrl);
    await new Promise<void>((done) => door.server.listen(0, '127.0.0.1', done));
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }
}
