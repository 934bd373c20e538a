import { mapSchemas, type Document, type Schema } from './document-types';

const NULL: Schema = { type: 'null' };

/** `{allOf: [reference], …}` is how Nest adds a description to a reference; OpenAPI 3.1 lets both stand side by side. */
const unwrapped = (schema: Schema): Schema => {
  const [only, ...others] = schema.allOf ?? [];
  if (only?.$ref === undefined || others.length > 0 || schema.properties !== undefined) return schema;
  const beside = Object.entries(schema).filter(([name]) => name !== 'allOf');
  return { ...only, ...Object.fromEntries(beside) };
};

const withNull = ({ nullable, ...schema }: Schema): Schema => {
  if (nullable !== true) return schema;
  const { $ref, type, enum: choices, description, example, 'x-aliases': aliases, ...rules } = schema;
  const about: Schema = {
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
    ...(aliases !== undefined && { 'x-aliases': aliases }),
  };
  if ($ref !== undefined) return { anyOf: [{ $ref }, NULL], ...about };
  // Null among values of one type is what generators of typed clients stumble over.
  if (choices !== undefined) {
    const values = choices.filter((value) => value !== null);
    return { anyOf: [{ ...(type !== undefined && { type }), enum: values, ...rules }, NULL], ...about };
  }
  if (typeof type !== 'string') throw new Error(`null cannot be added to ${JSON.stringify(schema)}`);
  return { type: [type, 'null'], ...rules, ...about };
};

/** `nullable` of OpenAPI 3.0 becomes a type, or a branch beside a reference or an enum, as OpenAPI 3.1 has it. */
export const writeNullsAsTypes = (document: Document): void => {
  Object.assign(
    document,
    mapSchemas(document, (schema) => withNull(unwrapped(schema))),
  );
};
