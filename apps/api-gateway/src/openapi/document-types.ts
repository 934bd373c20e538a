/** The part of OpenAPI that is completed after Nest has described the routes; open, so that nothing else gets lost. */
export interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  title?: string;
  description?: string;
  format?: string;
  maximum?: number;
  enum?: readonly unknown[];
  /** Nest writes it as OpenAPI 3.0 does; the finished document has none. */
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
  /** Of an error code: its HTTP status. */
  'x-http-status'?: Readonly<Record<string, number>>;
}

interface Example {
  $ref?: string;
  value?: unknown;
}

export interface Media {
  schema: Schema;
  example?: unknown;
  examples?: Record<string, Example>;
}

export interface Header {
  readonly description: string;
  readonly schema: { readonly type: string; readonly [rule: string]: unknown };
  /** The error statuses that carry it; left out: any. */
  readonly 'x-error-statuses'?: readonly number[];
}

export interface Answer {
  $ref?: string;
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, Media>;
}

export interface Parameter {
  in: string;
  name: string;
  schema: Schema;
  deprecated?: boolean;
  'x-aliases'?: readonly string[];
  /** Of any route that takes it. */
  'x-error-codes'?: readonly string[];
}

export interface Operation {
  operationId?: string;
  parameters?: Parameter[];
  tags?: readonly string[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Answer>;
  security?: unknown[];
  /** Every code that the route answers with, but for those that its security scheme and its parameters name. */
  'x-error-codes'?: readonly string[];
}

export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    parameters?: Record<string, Parameter>;
    examples?: Record<string, Example>;
    securitySchemes: Readonly<Record<string, { 'x-error-codes'?: readonly string[] }>>;
    headers?: Readonly<Record<string, Header>>;
    responses?: Record<string, Answer>;
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

const SCHEMA_MAPS = new Set(['properties', 'schemas']);
/** What stands under these is data, however much it looks like a schema. */
const DATA = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** Replaces every schema inside a part of the document, the innermost first. */
export const mapSchemas = <T>(part: T, change: (schema: Schema) => Schema): T => {
  const inside = (value: unknown, key: string): unknown => {
    if (typeof value !== 'object' || value === null || DATA.has(key)) return value;
    if (Array.isArray(value)) return value.map((item) => inside(item, isSchemaList(key) ? 'items' : ''));
    const entries = Object.entries(value).map(([name, inner]) => [
      name,
      SCHEMA_MAPS.has(key) ? inside(inner, 'schema') : inside(inner, name),
    ]);
    const copy = Object.fromEntries(entries) as Record<string, unknown>;
    return isSchemaKey(key) ? change(copy) : copy;
  };
  return inside(part, '') as T;
};

const isSchemaList = (key: string): boolean => key === 'allOf' || key === 'oneOf' || key === 'anyOf';
const isSchemaKey = (key: string): boolean => key === 'schema' || key === 'items' || key === 'additionalProperties';
