import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Post {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver has got, in order; `answer` says how it answers. */
export class ReceivingServer {
  readonly posts: Post[] = [];
  /** Status of the answer to a post; a promise that does not resolve: none. */
  answer: (post: Post) => number | Promise<number> = () => 204;
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        const post = { path: request.url ?? '', headers: request.headers, body };
        this.posts.push(post);
        void Promise.resolve(this.answer(post)).then((status) => response.writeHead(status).end());
      });
    });
  }

  static async start(): Promise<ReceivingServer> {
    const made = new ReceivingServer();
    await new Promise<void>((resolve) => {
      made.server.listen(0, '127.0.0.1', resolve);
    });
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
