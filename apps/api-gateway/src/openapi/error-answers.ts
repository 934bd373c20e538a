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
    'What was refused or went wrong. `x-error-codes` of a route, and of its security scheme, has the codes that it may answer with.',
  content: {
    'application/json': {
      schema: { $ref: `${REF}${ErrorEnvelopeDto.name}` },
      examples: Object.fromEntries(CODES.map((code) => [code, { value: failure(code, ERROR_EXAMPLES[code]) }])),
    },
  },
};

/** All errors look alike: one answer describes them, and every route says which codes it may answer with. */
export const nameErrors = (document: Document): void => {
  document.components.responses = { Error: ERROR_ANSWER };
  for (const scheme of Object.values(document.components.securitySchemes)) scheme['x-error-codes'] = OF_SECURED;
  for (const [method, operation] of operationsIn(document)) {
    const ofScheme: readonly string[] = (operation.security ?? []).length > 0 ? OF_SECURED : [];
    const codes = new Set([...ownCodes(operation.responses['default']), ...commonCodes(method, operation)]);
    operation['x-error-codes'] = CODES.filter((code) => codes.has(code) && !ofScheme.includes(code));
    operation.responses['default'] = { $ref: '#/components/responses/Error' };
  }
};
