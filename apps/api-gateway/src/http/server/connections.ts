import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError } from '../errors/api-error';
import type { HttpRequest, HttpServer } from '../http-types';
import { refusalBody, refusalHeaders, type EarlyRefusal } from './early-refusal';
import { lingerAfterLastAnswer } from './lingering-close';

/** The longest silence in both directions: longer than any answer takes to be made. */
export const SILENCE_MS = 600_000;
/** How long a client may read nothing of an answer that waits in memory: up to twice as long, since Node looks once in this time. */
const UNREAD_MS = 7_500;
const MAX_CONNECTIONS = 2_000;
/** Connections on which no API key has been accepted: the oldest makes room for a new one. */
const MAX_STRANGERS = 400;
/** Of one connection. A client that awaits its answers has one; one that does not must not fill memory with requests. */
const MAX_UNANSWERED = 16;
const RETRY_AFTER_MS = 1_000;

interface Connection {
  /** In the order of their answers. */
  readonly unanswered: ServerResponse[];
  isRefused: boolean;
}

/**
 * Bounds what connections may cost before a request reaches the framework: how many there are, how many requests of each wait
 * for an answer, and how long an answer waits for its reader. A partner's connections are not closed in favour of a stranger's.
 */
export class Connections {
  private readonly strangers = new Set<Socket>();
  private openCount = 0;
  private readonly bySocket = new WeakMap<Socket, Connection>();
  private readonly ready = new WeakSet<ServerResponse>();

  constructor(private readonly onRefusal: (refusal: EarlyRefusal) => void) {}

  /** Call once, after the hooks that admit requests, and before the server listens. */
  watch(server: HttpServer): void {
    this.guard(server.server);
    server.addHook('preParsing', (request, _reply, payload, done) => {
      const { principal }: HttpRequest = request;
      if (principal !== undefined) this.strangers.delete(request.raw.socket);
      done(null, payload);
    });
    server.addHook('onSend', (request, reply, _payload, done) => {
      this.ready.add(reply.raw);
      const connection = this.bySocket.get(request.raw.socket);
      if (connection !== undefined) this.setPatience(request.raw.socket, connection);
      done();
    });
  }

  /** True for a connection of which nothing more is read. */
  isRefused(socket: Socket): boolean {
    return this.bySocket.get(socket)?.isRefused ?? false;
  }

  private guard(server: Server): void {
    const [handler] = server.listeners('request') as RequestListener[];
    if (handler === undefined) throw new Error('The server has no handler of requests yet.');
    server.removeListener('request', handler);
    server.on('request', (request, response) => {
      if (this.admits(request, response)) handler(request, response);
    });
    // Of one address, before anything is made for a connection; `open` counts those of all addresses.
    server.maxConnections = MAX_CONNECTIONS;
    server.on('connection', (socket: Socket) => {
      if (this.openCount < MAX_CONNECTIONS) this.open(socket);
      else socket.destroy();
    });
  }

  private open(socket: Socket): void {
    this.openCount += 1;
    this.bySocket.set(socket, { unanswered: [], isRefused: false });
    const [oldest] = this.strangers;
    if (oldest !== undefined && this.strangers.size >= MAX_STRANGERS) {
      this.strangers.delete(oldest);
      oldest.destroy();
    }
    this.strangers.add(socket);
    socket.once('close', () => {
      this.openCount -= 1;
      this.strangers.delete(socket);
    });
  }

  private admits(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    const connection = this.bySocket.get(socket);
    if (connection === undefined) throw new Error('A request came without a connection.');
    if (connection.isRefused) return false;
    if (connection.unanswered.length >= MAX_UNANSWERED) {
      connection.isRefused = true;
      this.refuse(request, response);
      return false;
    }
    connection.unanswered.push(response);
    this.setPatience(socket, connection);
    response.once('close', () => {
      connection.unanswered.splice(connection.unanswered.indexOf(response), 1);
      if (connection.unanswered.length > 0) this.setPatience(socket, connection);
    });
    return true;
  }

  /** Only the first answer can be read: those behind it wait for it. Without any, Node waits for the next request. */
  private setPatience(socket: Socket, { unanswered: [first] }: Connection): void {
    socket.setTimeout(first !== undefined && this.ready.has(first) ? UNREAD_MS : SILENCE_MS);
  }

  /** In its turn after the answers that are still to come; then the connection ends. */
  private refuse({ method = '', url = '', socket }: IncomingMessage, response: ServerResponse): void {
    const error = new ApiError(
      'SERVICE_UNAVAILABLE',
      `More than ${String(MAX_UNANSWERED)} requests of this connection wait for their answers: await them, and send this one again.`,
      { retryAfterMs: RETRY_AFTER_MS },
    );
    const requestId = randomUUID();
    const body = refusalBody(error);
    lingerAfterLastAnswer(socket);
    response.writeHead(error.status, refusalHeaders(error, requestId, body)).end(body);
    stopReading(socket);
    this.onRefusal({ requestId, error, request: { method, url }, socket });
  }
}

/**
 * Pausing the socket alone would let the parser make requests of all that has arrived already, which may be thousands. Node has
 * no other way to stop it; without it the bound is less tight.
 */
const stopReading = (socket: Socket): void => {
  socket.pause();
  (socket as Socket & { readonly parser?: { pause(): void } | null }).parser?.pause();
};
