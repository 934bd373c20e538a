import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The bytes as UTF-8. */
  readonly body: string;
  /** Number of the connection that the request came over, from 1. */
  readonly connection: number;
}

/** A number is a status. `hang`: no answer ever; `cut`: the connection is closed without one. `text` is sent as it is, `json` as JSON. */
export type LoopbackAnswer =
  | number
  | 'hang'
  | 'cut'
  | {
      /** 200 by default. */
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly text?: string | Buffer;
      readonly json?: unknown;
    };

const bytesOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const send = (response: ServerResponse, answer: LoopbackAnswer): void => {
  if (answer === 'hang') return;
  if (answer === 'cut') return void response.destroy();
  const { status = 200, headers = {}, text, json } = typeof answer === 'number' ? { status: answer } : answer;
  response.writeHead(status, { ...headers }).end(text ?? (json === undefined ? '' : JSON.stringify(json)));
};

/** A foreign HTTP server, on 127.0.0.1: records requests in order and answers each as the test says. */
export class LoopbackServer {
  readonly received: ReceivedRequest[] = [];
  private readonly connections = new WeakMap<Socket, number>();
  private opened = 0;

  private constructor(
    private readonly server: Server,
    /** Asked once a request has arrived whole. */
    public answer: (request: ReceivedRequest) => LoopbackAnswer | Promise<LoopbackAnswer>,
  ) {
    server.on('connection', (socket) => this.connections.set(socket, (this.opened += 1)));
    server.on('request', (request, response) => {
      // A sender that hangs up midway has sent no request.
      this.take(request, response).catch(() => response.destroy());
    });
  }

  /** @param answer 204 to everything by default */
  static async start(answer: LoopbackServer['answer'] = () => 204): Promise<LoopbackServer> {
    const made = new LoopbackServer(createServer(), answer);
    await new Promise<void>((resolve) => made.server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  /** Without a slash at its end. */
  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Cuts the connections that are open. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await bytesOf(request);
    const { method = '', url: path = '', headers } = request;
    const connection = this.connections.get(request.socket) ?? 0;
    const received = { method, path, headers, bytes, body: bytes.toString('utf8'), connection };
    this.received.push(received);
    send(response, await this.answer(received));
  }
}
