import { ERROR_EXAMPLES, ErrorEnvelopeDto } from '../http/errors/api-docs';
import { ERROR_STATUS, type ErrorCode } from '../http/errors/api-error';
import { failure } from '../http/errors/envelope';
import { operationsIn, REF, type Answer, type Document, type Operation } from './document-types';

const CODES = Object.keys(ERROR_STATUS) as ErrorCode[];

/** Of any route behind an API key, besides its own: the scheme of the key names them, once for all routes. */
const OF_SECURED = [
  'UNAUTHORIZED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
  // An input that the route does not take, or a body that is no JSON; and what cannot be received.
  'VALIDATION_ERROR',
  'REQUEST_TIMEOUT',
  'HEADERS_TOO_LARGE',
] as const satisfies ErrorCode[];

const KEY_HEADER = 'Idempotency-Key';

/** Of any route that takes an `Idempotency-Key`: that header names them. */
const OF_KEYED = [
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_IN_PROGRESS',
  'IDEMPOTENCY_OUTCOME_UNKNOWN',
  'KEPT_ANSWER_LIMIT_REACHED',
] as const satisfies ErrorCode[];

/** What is answered before a handler sees the request, whatever the route is. */
const commonCodes = (method: string, { parameters = [] }: Operation): readonly ErrorCode[] => [
  ...(parameters.some((parameter) => parameter.in === 'path') ? (['URI_TOO_LONG'] as const) : []),
  ...(method === 'get' ? [] : (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const)),
];

/** The codes that the route itself names. */
const ownCodes = (answer: Answer | undefined): readonly string[] =>
  Object.keys(answer?.content?.['application/json']?.examples ?? {});

const ERROR_ANSWER: Answer = {
  description:
    'What was refused or went wrong. `x-error-codes` of a route, of its security scheme and of its parameters have the codes that it may answer with.',
  content: {
    'application/json': {
      schema: { $ref: `${REF}${ErrorEnvelopeDto.name}` },
      example: failure('VALIDATION_ERROR', ERROR_EXAMPLES.VALIDATION_ERROR),
    },
  },
};

/** All errors look alike: one answer describes them, and every route says which codes it may answer with. */
export const nameErrors = (document: Document): void => {
  document.components.responses = { Error: ERROR_ANSWER };
  for (const scheme of Object.values(document.components.securitySchemes)) scheme['x-error-codes'] = OF_SECURED;
  for (const [method, operation] of operationsIn(document)) {
    const elsewhere = namedElsewhere(operation);
    const codes = new Set([...ownCodes(operation.responses['default']), ...commonCodes(method, operation)]);
    operation['x-error-codes'] = CODES.filter((code) => codes.has(code) && !elsewhere.has(code));
    operation.responses['default'] = { $ref: '#/components/responses/Error' };
  }
};

/** Names the codes of the key on its header, and returns all that the route need not name. */
const namedElsewhere = ({ parameters = [], security = [] }: Operation): ReadonlySet<string> => {
  const keys = parameters.filter(({ name }) => name === KEY_HEADER);
  for (const key of keys) key['x-error-codes'] = OF_KEYED;
  return new Set([...(security.length > 0 ? OF_SECURED : []), ...(keys.length > 0 ? OF_KEYED : [])]);
};
