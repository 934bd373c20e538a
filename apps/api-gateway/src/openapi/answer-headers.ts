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
  'Retry-After': {
    ...count('Seconds to wait, where waiting helps and it is known how long.'),
    'x-error-statuses': [409, 429, 503],
  },
  'WWW-Authenticate': {
    ...text('Bearer challenge (RFC 6750).', { example: 'Bearer realm="dialtone"' }),
    'x-error-statuses': [401],
  },
  ETag: { ...text('The generation, quoted.', { example: '"1"' }), 'x-error-statuses': [412] },
  Location: text('Path of what was created.', { example: '/api/v2/voicelink/bindings/918011223344' }),
} as const satisfies Readonly<Record<string, Header>>;

type HeaderName = keyof typeof HEADERS;

const RATE_LIMIT = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;

/** Of the one answer that stands for all errors: none of them is on every one. */
const OF_ERRORS: readonly HeaderName[] = [
  'X-Request-Id',
  ...RATE_LIMIT,
  'Idempotency-Replayed',
  'Retry-After',
  'WWW-Authenticate',
  'ETag',
];

const refer = (names: readonly HeaderName[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const headersOf = (operation: Operation, code: string, answer: Answer): readonly HeaderName[] => {
  const { parameters = [], security = [] } = operation;
  const isIdempotent = parameters.some(({ name }) => name === 'Idempotency-Key');
  return [
    'X-Request-Id',
    ...(security.length === 0 ? [] : RATE_LIMIT),
    ...(isIdempotent ? (['Idempotency-Replayed'] as const) : []),
    ...(code === '304' ? (['ETag'] as const) : []),
    ...(Object.keys(answer.headers ?? {}) as HeaderName[]),
  ];
};

/** Says of every answer which headers it carries: those that its route names, and those that all such answers have. */
export const addHeaders = (document: Document): void => {
  document.components.headers = HEADERS;
  for (const answer of Object.values(document.components.responses ?? {})) answer.headers = refer(OF_ERRORS);
  for (const [, operation] of operationsIn(document)) {
    for (const [code, answer] of Object.entries(operation.responses)) {
      if (answer.$ref === undefined) answer.headers = refer(headersOf(operation, code, answer));
    }
  }
};
