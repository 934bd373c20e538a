import { errorAnswer } from '../http/errors/api-docs';
import { ERROR_STATUS, type ErrorCode } from '../http/errors/api-error';
import { operationsIn, type Answer, type Document, type Operation } from './document-types';

/** What is refused before a handler sees the request, whatever the route is. */
const refusalsOf = (method: string, { parameters = [], security = [] }: Operation): readonly ErrorCode[] => {
  const hasPathParameter = parameters.some((parameter) => parameter.in === 'path');
  return [
    // An input that the route does not take, or a body that is no JSON; and what cannot be received.
    ...(security.length > 0 ? (['VALIDATION_ERROR', 'REQUEST_TIMEOUT', 'HEADERS_TOO_LARGE'] as const) : []),
    ...(hasPathParameter ? (['URI_TOO_LONG'] as const) : []),
    ...(method === 'get' ? [] : (['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const)),
  ];
};

const shownIn = (answer: Answer | undefined): readonly ErrorCode[] =>
  Object.keys(answer?.content?.['application/json']?.examples ?? {}) as ErrorCode[];

/** Nest puts the description of a route beside that of its controller, also where they are the same. */
const nameByCodes = (answer: Answer): void => {
  const codes = shownIn(answer);
  if (codes.length > 0 && codes.every((code) => code in ERROR_STATUS)) answer.description = codes.join(' or ');
};

/** Adds to every route what the server answers for all of them. */
export const addCommonAnswers = (document: Document): void => {
  for (const [method, operation] of operationsIn(document)) {
    for (const code of refusalsOf(method, operation)) {
      const status = ERROR_STATUS[code];
      const before = operation.responses[status];
      if (shownIn(before).includes(code)) continue;
      operation.responses[status] = { ...before, ...errorAnswer([code, ...shownIn(before)]) };
    }
    for (const answer of Object.values(operation.responses)) nameByCodes(answer);
  }
};
