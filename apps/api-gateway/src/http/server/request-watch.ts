import type { EventEmitter } from 'node:events';
import type { ErrorCode } from '../errors/api-error';
import type { HttpRequest, HttpServer } from '../http-types';
import type { RequestEnd, RequestObserver } from '../request-observer';

/** nginx's status for a request whose sender left before it was answered: logged and counted, never sent. */
export const SENDER_LEFT = 499;

/** What broke a request off while it was still being received. */
interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
}

interface OpenRequest {
  readonly isReceived: () => boolean;
  readonly end: (isAborted: boolean) => void;
  refusal?: Refusal;
}

/**
 * Tells its observers of every request that reaches a route. The end of an answer is not enough: the answer to a sender that has
 * hung up never ends, and one that waits behind another on the same connection is not even closed.
 */
export class RequestWatch {
  private readonly observers: RequestObserver[] = [];
  private readonly bySocket = new WeakMap<EventEmitter, Set<OpenRequest>>();

  add(observer: RequestObserver): void {
    this.observers.push(observer);
  }

  /** Call once, before the server listens and before other hooks are added. */
  watch(server: HttpServer): void {
    server.addHook('onRequest', (request, reply, done) => {
      const begun = performance.now();
      const { raw } = reply;
      const open = this.openOn(request.raw.socket);
      const one: OpenRequest = {
        isReceived: () => request.raw.complete,
        end: (isAborted) => {
          if (!open.delete(one)) return;
          const { refusedWith }: HttpRequest = request;
          const { status, code = refusedWith } = one.refusal ?? {};
          this.tell({
            request,
            isUnmatched: request.is404,
            status: status ?? (isAborted && !raw.headersSent ? SENDER_LEFT : reply.statusCode),
            ...(code !== undefined && { code }),
            isAborted,
            ms: performance.now() - begun,
          });
        },
      };
      open.add(one);
      raw.once('finish', () => {
        one.end(false);
      });
      raw.once('close', () => {
        one.end(true);
      });
      for (const observer of this.observers) observer.begins?.();
      done();
    });
  }

  /** Notes why the request that a socket is sending is broken off. False when it is not sending any. */
  breakOff(socket: EventEmitter, refusal: Refusal): boolean {
    const sending = [...(this.bySocket.get(socket) ?? [])].find((one) => !one.isReceived());
    if (sending === undefined) return false;
    sending.refusal = refusal;
    return true;
  }

  private tell(end: RequestEnd): void {
    for (const observer of this.observers) observer.ends(end);
  }

  private openOn(socket: EventEmitter): Set<OpenRequest> {
    const known = this.bySocket.get(socket);
    if (known !== undefined) return known;
    const open = new Set<OpenRequest>();
    this.bySocket.set(socket, open);
    socket.once('close', () => {
      for (const one of open) one.end(true);
    });
    return open;
  }
}
