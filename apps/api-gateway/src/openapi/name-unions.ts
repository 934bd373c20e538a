import { REF, operationsIn, target, type Document, type Media, type Schema } from './document-types';

const inNames = (field: string): string =>
  field
    .split('_')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');

/** `{allOf: [body], oneOf: [{required: [a]}, {required: [b]}]}`, or null for anything else. */
const choiceIn = ({ allOf, oneOf }: Schema): { readonly ref: string; readonly fields: readonly string[] } | null => {
  const ref = allOf?.[0]?.$ref;
  const fields = (oneOf ?? []).flatMap(({ required }) => required ?? []);
  return ref === undefined || fields.length === 0 ? null : { ref, fields };
};

const withOnly = (body: Schema, field: string, fields: readonly string[]): Schema => {
  const properties = Object.entries(body.properties ?? {});
  return {
    ...body,
    properties: Object.fromEntries(properties.filter(([name]) => name === field || !fields.includes(name))),
    required: [...(body.required ?? []), field],
  };
};

const nameBranches = (document: Document, media: Media): void => {
  const choice = choiceIn(media.schema);
  if (choice === null) return;
  const { ref, fields } = choice;
  const body = target(document, ref);
  const name = ref.slice(REF.length);
  const branches = fields.map((field) => [`${name}With${inNames(field)}`, withOnly(body, field, fields)] as const);
  for (const [branch, schema] of branches) document.components.schemas[branch] = schema;
  Reflect.deleteProperty(document.components.schemas, name);
  media.schema = { oneOf: branches.map(([branch]) => ({ $ref: `${REF}${branch}` })) };
};

/**
 * A body of which exactly one of some fields is given becomes a union of whole bodies with names: of a list of required
 * fields alone, generators of clients make types without a name and without the other fields.
 */
export const nameUnions = (document: Document): void => {
  for (const [, { requestBody }] of operationsIn(document)) {
    for (const media of Object.values(requestBody?.content ?? {})) nameBranches(document, media);
  }
};
