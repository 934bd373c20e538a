import { ERROR_STATUS } from '../http/errors/api-error';
import { operationsIn, type Document } from './document-types';

/** The example of an error code is the same on every route: it stands in the document once. */
export const shareExamples = (document: Document): void => {
  const shared = (document.components.examples ??= {});
  for (const [, { responses }] of operationsIn(document)) {
    for (const { examples = {} } of Object.values(responses).flatMap(({ content = {} }) => Object.values(content))) {
      for (const [code, example] of Object.entries(examples)) {
        if (!(code in ERROR_STATUS)) continue;
        shared[code] ??= example;
        examples[code] = { $ref: `#/components/examples/${code}` };
      }
    }
  }
};
