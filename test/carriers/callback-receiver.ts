import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The public server of a customer: takes down what carriers send, and answers what it is told to. */
export class CallbackReceiver {
  readonly received: Received[] = [];
  /** By path without its query; everything else is answered 200 without a body. */
  readonly documents = new Map<string, { readonly status?: number; readonly type: string; readonly text: string }>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.received.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
        const document = this.documents.get(url.split('?')[0] ?? '');
        response.writeHead(document?.status ?? 200, { 'content-type': document?.type ?? 'text/plain' });
        response.end(document?.text ?? '');
      });
    });
  }

  static async start(): Promise<CallbackReceiver> {
    const server = createServer();
    const receiver = new CallbackReceiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  clear(): void {
    this.received.length = 0;
    this.documents.clear();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A form or JSON body as an object of texts. */
export const fieldsOf = ({ body, headers }: Pick<Received, 'body' | 'headers'>): Readonly<Record<string, string>> => {
  if (headers['content-type']?.startsWith('application/json') === true)
    return JSON.parse(body) as Readonly<Record<string, string>>;
  return Object.fromEntries(new URLSearchParams(body));
};
