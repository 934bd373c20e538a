import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ToldEvent } from './stream-follower';

/** A receiver of webhooks on this machine that accepts everything. */
export class WebhookReceiver {
  /** By arrival; includes what came again. */
  readonly events: ToldEvent[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        receiver.events.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as ToldEvent);
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hook`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
