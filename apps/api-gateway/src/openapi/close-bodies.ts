import { operationsIn, target, type Document, type Schema } from './document-types';

/** Unions are closed as a whole by their branches. */
const innerOf = ({ properties = {}, items, allOf = [], oneOf = [], anyOf = [] }: Schema): readonly Schema[] => [
  ...Object.values(properties),
  ...(items === undefined ? [] : [items]),
  ...allOf,
  ...oneOf,
  ...anyOf,
];

const close = (document: Document, schema: Schema, seen: Set<Schema>): void => {
  if (seen.has(schema)) return;
  seen.add(schema);
  if (schema.$ref !== undefined) close(document, target(document, schema.$ref), seen);
  else if (schema.properties !== undefined) schema.additionalProperties ??= false;
  for (const inner of innerOf(schema)) close(document, inner, seen);
};

/** Says in the document what the validation does: an unknown field of a body is refused. */
export const closeBodies = (document: Document): void => {
  const seen = new Set<Schema>();
  for (const [, { requestBody }] of operationsIn(document)) {
    for (const { schema } of Object.values(requestBody?.content ?? {})) close(document, schema, seen);
  }
};
