import type { HttpServer } from '../http/http-types';
import { type Precompressed } from './precompressed';

/**
 * Serves a public text at a path, without a key. It is compressed once: it is long, and strangers may ask for it as often as they
 * like.
 */
export const serveText = (server: HttpServer, path: string, text: Precompressed): void => {
  server.get(path, (request, reply) => {
    const { status, headers, bytes } = text.answerTo(request.headers);
    return reply.code(status).headers(headers).send(bytes);
  });
};
