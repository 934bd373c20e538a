import { ApiError, invalidInput } from '../errors/api-error';
import { bodyExcess } from '../input/body-shape';
import { bodyLimitsOf } from './body-limits';
import { REQUEST_ID_HEADER } from './early-refusal';
import type { HttpServer } from '../http-types';
import { securityHeaders } from './security-headers';
import { answerBeforeBody } from './unread-body';

/** Swagger UI uses inline styles and data: images, and calls only its own origin. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

const isDocsPage = (url: string): boolean => url === '/docs' || url.startsWith('/docs/') || url.startsWith('/docs?');

/** Reads only JSON. An empty body counts as none: many clients send a content type with every request. */
const readJsonOnly = (server: HttpServer): void => {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
    const text = textOf(bytes, request.headers['content-encoding']);
    if (text instanceof ApiError) {
      done(text);
      return;
    }
    const excess = bodyExcess(bytes, bodyLimitsOf(request.routeOptions.url));
    if (excess !== null) done(invalidInput('body', excess));
    else void parse(request, text, done);
  });
};

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Refuses anything but UTF-8: a silent repair would store a password with an umlaut as another password. */
const textOf = (body: Buffer, encoding = 'identity'): string | ApiError => {
  if (encoding.toLowerCase() !== 'identity') {
    return new ApiError('UNSUPPORTED_MEDIA_TYPE', 'Send the body uncompressed, without the header "Content-Encoding".');
  }
  try {
    return UTF8.decode(body);
  } catch {
    return invalidInput('body', 'The body must be encoded as UTF-8.');
  }
};

const takeLongBodies = (server: HttpServer): void => {
  server.addHook('onRoute', (route) => {
    route.bodyLimit = bodyLimitsOf(route.url).bytes;
  });
};

/** Sets the headers of every answer and the parser of bodies. Call once, before the application is initialised. */
export const configureServer = (server: HttpServer): void => {
  readJsonOnly(server);
  answerBeforeBody(server);
  takeLongBodies(server);
  const secured = securityHeaders();
  server.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    // Status and readiness change without the ETag: nothing may be kept by a cache on the way.
    reply.header('cache-control', 'no-store');
    for (const [name, value] of secured) reply.raw.setHeader(name, value);
    done();
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    if (isDocsPage(request.url)) reply.header('content-security-policy', DOCS_POLICY);
    done();
  });
};
