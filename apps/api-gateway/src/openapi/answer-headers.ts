import { ERROR_STATUS, type ErrorCode } from '../http/errors/api-error';
import { isWorthKeeping } from '../http/idempotency/kept-answers';
import { operationsIn, type Answer, type Document, type Header, type Operation } from './document-types';

const count = (description: string): Header => ({ description, schema: { type: 'integer', minimum: 0 } });
const text = (description: string, schema: Omit<Header['schema'], 'type'>): Header => ({
  description,
  schema: { type: 'string', ...schema },
});

const HEADERS = {
  'X-Request-Id': text('Names this request in our logs: the `X-Request-Id` that was sent, or a new one.', {
    example: 'e7632ea6-da04-4c17-b8e6-b18e43ba04fe',
  }),
  'RateLimit-Limit': count('Requests that the API key may send in a minute. Left out where they are not limited.'),
  'RateLimit-Remaining': count('How many of them are left.'),
  'RateLimit-Reset': count('Seconds until the minute is over.'),
  'Idempotency-Replayed': text('Only on an answer that was given before and is given again to its Idempotency-Key.', {
    enum: ['true'],
  }),
  'Retry-After': count('Seconds to wait, where waiting helps and it is known how long.'),
  'WWW-Authenticate': text('Bearer challenge (RFC 6750).', { example: 'Bearer realm="dialtone"' }),
  ETag: text('The generation, quoted.', { example: '"1"' }),
  Location: text('Path of what was created.', { example: '/api/v2/voicelink/bindings/918011223344' }),
} as const satisfies Readonly<Record<string, Header>>;

type HeaderName = keyof typeof HEADERS;

/** Of single statuses, whatever the route is. */
const BY_STATUS: Readonly<Record<string, readonly HeaderName[]>> = {
  304: ['ETag'],
  401: ['WWW-Authenticate'],
  409: ['Retry-After'],
  412: ['ETag'],
  429: ['Retry-After'],
  503: ['Retry-After'],
};

/** Refused before anything of the request is known. */
const UNREAD: ReadonlySet<number> = new Set([ERROR_STATUS.REQUEST_TIMEOUT, ERROR_STATUS.HEADERS_TOO_LARGE]);
/** Refused before the request is counted. */
const UNCOUNTED: ReadonlySet<number> = new Set([...UNREAD, ERROR_STATUS.UNAUTHORIZED, ERROR_STATUS.URI_TOO_LONG]);
const RATE_LIMIT = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;

/** Codes that no handler answers with, or after which nobody knows what was done. */
const isKept = (code: string): boolean =>
  code in ERROR_STATUS &&
  code !== 'INTERNAL_ERROR' &&
  !code.startsWith('IDEMPOTENCY_') &&
  isWorthKeeping({ status: ERROR_STATUS[code as ErrorCode], code: code as ErrorCode });

const canBeReplayed = (status: number, { content }: Answer): boolean =>
  status < 400 || (!UNCOUNTED.has(status) && Object.keys(content?.['application/json']?.examples ?? {}).some(isKept));

const headersOf = (operation: Operation, code: string, answer: Answer): readonly HeaderName[] => {
  const { parameters = [], security = [] } = operation;
  const status = Number(code);
  const isIdempotent = parameters.some(({ name }) => name === 'Idempotency-Key');
  return [
    ...(UNREAD.has(status) ? [] : (['X-Request-Id'] as const)),
    ...(security.length === 0 || UNCOUNTED.has(status) ? [] : RATE_LIMIT),
    ...(isIdempotent && canBeReplayed(status, answer) ? (['Idempotency-Replayed'] as const) : []),
    ...(BY_STATUS[code] ?? []),
    ...(Object.keys(answer.headers ?? {}) as HeaderName[]),
  ];
};

/** Says of every answer which headers it carries: those that its route names, and those that all such answers have. */
export const addHeaders = (document: Document): void => {
  document.components.headers = HEADERS;
  for (const [, operation] of operationsIn(document)) {
    for (const [code, answer] of Object.entries(operation.responses)) {
      const names = headersOf(operation, code, answer);
      answer.headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
    }
  }
};
