import { operationsIn, target, type Document, type Media, type Schema } from './document-types';

const resolved = (document: Document, schema: Schema): Schema => {
  if (schema.$ref !== undefined) return resolved(document, target(document, schema.$ref));
  if (schema.allOf === undefined) return schema;
  const { allOf, ...own } = schema;
  const parts = [...allOf.map((part) => resolved(document, part)), own];
  const merged = { ...parts.reduce((all, part) => ({ ...all, ...part }), {}) };
  const properties = parts.flatMap((part) => Object.entries(part.properties ?? {}));
  if (properties.length === 0) return merged;
  return {
    ...merged,
    properties: Object.fromEntries(properties),
    required: parts.flatMap((part) => part.required ?? []),
  };
};

/** A union as its first branch: with what all branches share, and without what only others ask for. */
const oneBranch = (document: Document, union: Schema, first: Schema, others: readonly Schema[]): Schema => {
  const branch = resolved(document, first);
  const foreign = new Set(others.flatMap((other) => resolved(document, other).required ?? []));
  for (const name of branch.required ?? []) foreign.delete(name);
  const properties = Object.entries({ ...union.properties, ...branch.properties });
  return {
    ...union,
    oneOf: undefined,
    anyOf: undefined,
    ...branch,
    properties: Object.fromEntries(properties.filter(([name]) => !foreign.has(name))),
    required: [...(union.required ?? []), ...(branch.required ?? [])],
  };
};

const hasProperties = ({ properties = {} }: Schema): boolean => Object.keys(properties).length > 0;

const simpleExample = ({ default: usual, enum: choices = [], nullable }: Schema): unknown =>
  usual ?? choices[0] ?? (nullable === true ? null : undefined);

/** A value of the schema, made of the examples of its parts; undefined when one that is needed has none. */
const exampleOf = (document: Document, schema: Schema): unknown => {
  const own = resolved(document, schema);
  if (own.example !== undefined) return own.example;
  const [branch, ...others] = own.oneOf ?? own.anyOf ?? [];
  if (branch !== undefined) return exampleOf(document, oneBranch(document, own, branch, others));
  if (own.type === 'array' && own.items !== undefined) return listOf(exampleOf(document, own.items));
  if (hasProperties(own)) return objectOf(document, own);
  return simpleExample(own);
};

const listOf = (item: unknown): unknown => (item === undefined ? undefined : [item]);

const objectOf = (document: Document, { properties = {}, required = [] }: Schema): unknown => {
  const fields = Object.entries(properties).flatMap(([name, schema]) => {
    const value = exampleOf(document, schema);
    const isShown =
      value !== undefined && (required.includes(name) || resolved(document, schema).example !== undefined);
    return isShown ? [[name, value] as const] : [];
  });
  const shown = new Set(fields.map(([name]) => name));
  return required.every((name) => shown.has(name)) ? Object.fromEntries(fields) : undefined;
};

const fill = (document: Document, media: Media): void => {
  if (media.example !== undefined || media.examples !== undefined) return;
  const example = exampleOf(document, media.schema);
  if (example !== undefined) media.example = example;
};

/** Whole examples of bodies and answers that have none of their own, from the examples of their fields. */
export const fillExamples = (document: Document): void => {
  for (const [, { requestBody, responses }] of operationsIn(document)) {
    const contents = [requestBody, ...Object.values(responses)].map((part) => part?.content ?? {});
    for (const media of contents.flatMap((content) => Object.values(content))) fill(document, media);
  }
};
