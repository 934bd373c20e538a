/** The part of OpenAPI 3.0 that is completed after Nest has described the routes; open, so that nothing else gets lost. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  maximum?: number;
  enum?: readonly unknown[];
  nullable?: boolean;
  deprecated?: boolean;
  default?: unknown;
  example?: unknown;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  oneOf?: Schema[] | undefined;
  anyOf?: Schema[] | undefined;
  /** Other names that the input is taken under. */
  'x-aliases'?: readonly string[];
  /** What generated code calls the values of `enum`. */
  'x-enum-varnames'?: readonly string[];
}

interface Example {
  value?: unknown;
  $ref?: string;
}

export interface Media {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, Example>;
}

export interface Header {
  readonly description: string;
  readonly schema: { readonly type: string; readonly [rule: string]: unknown };
}

export interface Answer {
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, Media>;
}

interface Parameter {
  in: string;
  name: string;
  schema: Schema;
  deprecated?: boolean;
  'x-aliases'?: readonly string[];
}

export interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Answer>;
  security?: unknown[];
}

export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    headers?: Readonly<Record<string, Header>>;
    examples?: Record<string, Example>;
  };
}

export const REF = '#/components/schemas/';

/** The schema that a reference leads to; throws for one that leads nowhere. */
export const target = (document: Document, ref: string): Schema => {
  const found = document.components.schemas[ref.slice(REF.length)];
  if (found === undefined) throw new Error(`${ref} is not in the document.`);
  return found;
};

export const operationsIn = (document: Document): readonly (readonly [method: string, operation: Operation])[] =>
  Object.values(document.paths).flatMap((item) => Object.entries(item));
