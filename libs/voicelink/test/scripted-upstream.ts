import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  readonly method: string;
  /** With its query string. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly body: unknown;
  /** Number of the connection it came over, from 1. */
  readonly connection: number;
}

/** `hang`: no answer ever; `cut`: the connection is closed without one. Text is sent as it is, everything else as JSON. */
export type Scripted =
  | 'hang'
  | 'cut'
  | {
      readonly status?: number;
      readonly json?: unknown;
      readonly text?: string | Buffer;
      readonly headers?: Readonly<Record<string, string>>;
    };
export type Script = (request: Received) => Scripted | Promise<Scripted>;

export const PASSWORD = 'correct-horse';

/** A server that logs in everybody and otherwise answers what the test scripts; it records what it receives. */
export class ScriptedUpstream {
  readonly received: Received[] = [];
  logins = 0;
  script: Script = () => ({ json: { status: true, data: [] } });
  /** Replaces the answer to logins. */
  loginScript: Script | null = null;
  private readonly sockets = new Map<Socket, number>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.sockets.set(socket, this.sockets.size + 1));
    server.on('request', (request, response) => void this.handle(request, response));
  }

  static async start(): Promise<ScriptedUpstream> {
    const server = createServer();
    const upstream = new ScriptedUpstream(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/api`;
  }

  /** All but logins. */
  get calls(): readonly Received[] {
    return this.received.filter(({ path }) => !path.endsWith('/auth/login'));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await this.read(request);
    this.received.push(received);
    const answer = await this.answer(received);
    if (answer === 'hang') return;
    if (answer === 'cut') return void request.socket.destroy();
    response.writeHead(answer.status ?? 200, answer.headers ?? {});
    response.end(answer.text ?? JSON.stringify(answer.json ?? { status: true }));
  }

  private async answer(received: Received): Promise<Scripted> {
    if (!received.path.endsWith('/auth/login')) return this.script(received);
    this.logins += 1;
    return (
      (await this.loginScript?.(received)) ?? {
        json: { status: true, data: { access_token: `${String(this.logins)}|token` } },
      }
    );
  }

  private async read(request: IncomingMessage): Promise<Received> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    return {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
      accept: request.headers.accept,
      body: text === '' ? null : JSON.parse(text),
      connection: this.sockets.get(request.socket) ?? 0,
    };
  }
}
