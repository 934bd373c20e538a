import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '../http-types';
import { lingerAfterLastAnswer } from './lingering-close';

type Incoming = Pick<IncomingMessage, 'complete' | 'headers' | 'socket'>;

interface Headed {
  header(name: string, value: string): unknown;
}

const isTooLong = ({ headers }: Incoming, limit: number): boolean => Number(headers['content-length'] ?? 0) > limit;

/** Whether more of the body may follow than is worth skipping for the next request of the connection. */
const isEndless = (request: Incoming, limit: number): boolean =>
  request.headers['transfer-encoding'] !== undefined || isTooLong(request, limit);

/** Makes the answer the last one of its connection, and lets the client read it whatever it still sends. */
const endConnectionAfter = (reply: Headed, { socket }: Incoming): void => {
  reply.header('connection', 'close');
  lingerAfterLastAnswer(socket);
};

/** For an answer that no hook sees: the rest of a body that may be endless ends the connection. */
export const endConnectionOfEndless = (reply: Headed, request: Incoming, limit: number): void => {
  if (!request.complete && isEndless(request, limit)) endConnectionAfter(reply, request);
};

/**
 * Lets a client read an answer that is given while it still sends its body: one that is too large, but also that of a request
 * without a key or a route. Afterwards the rest of a short body is skipped and the connection goes on; other connections end,
 * and so does that of a client that was not invited to send its body, because its next byte may or may not be of the body.
 * A client that expects `100 Continue` gets it only when its body is about to be read. Call once, before the server listens.
 */
export const answerBeforeBody = (server: HttpServer): void => {
  const uninvited = new WeakSet();
  server.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    uninvited.add(request);
    server.server.emit('request', request, response);
  });
  server.addHook('preParsing', ({ raw, routeOptions }, reply, payload, done) => {
    if (uninvited.has(raw) && !isTooLong(raw, routeOptions.bodyLimit)) {
      uninvited.delete(raw);
      reply.raw.writeContinue();
    }
    done(null, payload);
  });
  server.addHook('onSend', ({ raw, routeOptions }, reply, _payload, done) => {
    if (uninvited.has(raw)) endConnectionAfter(reply, raw);
    else endConnectionOfEndless(reply, raw, routeOptions.bodyLimit);
    done();
  });
};
