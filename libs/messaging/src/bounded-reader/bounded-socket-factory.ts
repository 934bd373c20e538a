import { connect as connectPlainly, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { BoundedFrames } from './bounded-frames';

const KEEP_ALIVE_MS = 60_000;
const FETCH = 1;
/** Size, API key, API version, correlation id. */
const REQUEST_HEAD = { apiKey: 4, apiVersion: 6, correlationId: 8, bytes: 12 } as const;

/**
 * Sockets as kafkajs makes them, except that what a Fetch answer may cost is bounded before kafkajs decodes it: kafkajs
 * decompresses a batch without a limit, and ends its consumer at a codec that it does not have, for ever at the same batch.
 */
export const boundedSocketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const options = { host, port };
  // False or undefined without encryption, whatever the type says.
  const socket = Boolean(ssl as unknown)
    ? connectSecurely({ ...options, ...servername, ...ssl }, onConnect)
    : connectPlainly(options, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return bounded(socket);
};

const bounded = (socket: Socket): Socket => {
  const fetches = new Map<number, number>();
  const versionOf = (correlationId: number): number | null => {
    const version = fetches.get(correlationId) ?? null;
    fetches.delete(correlationId);
    return version;
  };
  const note = (data: unknown): void => {
    // kafkajs writes each request at once.
    if (!Buffer.isBuffer(data) || data.length < REQUEST_HEAD.bytes) return;
    if (data.readInt16BE(REQUEST_HEAD.apiKey) !== FETCH) return;
    fetches.set(data.readInt32BE(REQUEST_HEAD.correlationId), data.readInt16BE(REQUEST_HEAD.apiVersion));
  };
  return new Proxy(socket, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (name === 'write') note(args[0]);
        if (name === 'on' && args[0] === 'data') args[1] = listening(args[1] as (bytes: Buffer) => void, versionOf);
        return Reflect.apply(member, target, args);
      };
    },
  });
};

const listening = (listener: (bytes: Buffer) => void, versionOf: (id: number) => number | null) => {
  const frames = new BoundedFrames(versionOf, listener);
  return (chunk: Buffer): void => {
    frames.push(chunk);
  };
};
