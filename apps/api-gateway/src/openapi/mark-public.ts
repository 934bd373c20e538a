import { operationsIn, type Document } from './document-types';

/** Says of a route without credentials that it has none on purpose. */
export const markPublic = (document: Document): void => {
  for (const [, operation] of operationsIn(document)) operation.security ??= [];
};
