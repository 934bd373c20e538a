/** The parts of an OpenAPI 3.1 document that say what a route takes. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface MediaType {
  readonly schema: Schema;
  readonly example?: object;
  readonly examples?: Readonly<Record<string, { readonly value?: object }>>;
}

interface OperationDocument {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationDocument>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/**
 * What kind of thing an input names. `uuid`: a record of ours. `number`: a phone number. `upstream`: a record at VoiceLink.
 * `opaque`: a text that happens to be called an id.
 */
export type SlotKind = 'uuid' | 'number' | 'upstream' | 'opaque';

/** One input of one route that names something which may be another partner's. */
export interface Slot {
  readonly operation: Operation;
  readonly place: 'path' | 'query' | 'header' | 'body';
  readonly name: string;
  readonly kind: SlotKind;
  /** The body takes a list of them. */
  readonly isList: boolean;
  /** The list of objects of which it is a field; null: none. */
  readonly within: string | null;
}

export interface Operation {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Null: takes no body. */
  readonly body: Body | null;
}

export interface Body {
  readonly properties: Readonly<Record<string, Schema>>;
  /** Alternative sets of fields, one of which must be given; the sets of a union. */
  readonly required: readonly (readonly string[])[];
  /** Complete bodies, as far as the document has them. */
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

const ID_NAME = /(?:^|_)ids?$|[a-z]Ids?$/;
const NUMBER_NAME = /(?:^|_)(?:number|numbers)$|^key$|^caller_id$/;

const isUuid = (schema: Schema): boolean =>
  schema.format === 'uuid' || /\[0-9a-fA?-?F?\]\{8\}/.test(schema.pattern ?? '');

/** Null: the input names nothing. */
export const kindOf = (name: string, schema: Schema): SlotKind | null => {
  if (schema.enum !== undefined) return null;
  if (isUuid(schema)) return 'uuid';
  if (NUMBER_NAME.test(name)) return 'number';
  if (!ID_NAME.test(name)) return null;
  return schema.type === 'integer' ? 'upstream' : 'opaque';
};

/** The operations of a document that ask for an API key. */
export const operationsOf = (document: Document): readonly Operation[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.security !== undefined)
      .map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase() as Operation['method'],
        path,
        parameters: (operation.parameters ?? []).map((one) => ({ ...one, schema: resolve(document, one.schema) })),
        body: bodyOf(document, operation),
      })),
  );

const bodyOf = (document: Document, { requestBody }: OperationDocument): Body | null => {
  const media = requestBody?.content['application/json'];
  if (media === undefined) return null;
  const examples = [media.example, ...Object.values(media.examples ?? {}).map(({ value }) => value)];
  return {
    ...shapeOf(document, media.schema),
    examples: examples.filter((example) => example !== undefined) as Body['examples'],
  };
};

const isNull = ({ type }: Schema): boolean => type === 'null';

/** What a schema is when it is not null; what is said beside a reference (an example) is kept. */
const resolve = (document: Document, schema: Schema): Schema => {
  const { $ref, anyOf = [], ...beside } = schema;
  if ($ref !== undefined) {
    const found = document.components.schemas[$ref.slice($ref.lastIndexOf('/') + 1)];
    if (found === undefined) throw new Error(`${$ref} is nowhere in the document.`);
    return { ...resolve(document, found), ...beside };
  }
  const [only, ...others] = anyOf.filter((branch) => !isNull(branch));
  if (only !== undefined && others.length === 0) return { ...resolve(document, only), ...beside };
  const { type } = schema;
  return typeof type === 'object' ? { ...schema, type: type.filter((one) => one !== 'null').join() } : schema;
};

const resolveAll = (document: Document, schemas: Readonly<Record<string, Schema>>): Readonly<Record<string, Schema>> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, resolve(document, schema)]));

type Shape = Omit<Body, 'examples'>;

/** A schema with its parts and alternatives put together. */
const shapeOf = (document: Document, given: Schema): Shape => {
  const schema = resolve(document, given);
  const parts = (schema.allOf ?? []).map((part) => shapeOf(document, part));
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map((part) => shapeOf(document, part));
  const common = [...(schema.required ?? []), ...parts.flatMap(({ required }) => required[0] ?? [])];
  return {
    properties: Object.assign(
      {},
      ...[...parts, ...alternatives].map(({ properties }) => properties),
      resolveAll(document, schema.properties ?? {}),
    ) as Shape['properties'],
    required:
      alternatives.length === 0
        ? [common]
        : alternatives.flatMap(({ required }) => required.map((set) => [...common, ...set])),
  };
};

/** No object in an input holds such ones today; one that does must be asked about too, and not be passed over. */
const refuseInner = (document: Document, { id }: Operation, name: string, schema: Schema): void => {
  const inner = Object.entries(shapeOf(document, schema).properties).find(([field, own]) => {
    return kindOf(field, resolve(document, own)) !== null;
  });
  if (inner !== undefined)
    throw new Error(`${id} takes "${inner[0]}" inside of "${name}": teach slots.ts to ask about it.`);
};

const itemOf = (document: Document, schema: Schema): Schema =>
  schema.type === 'array' && schema.items !== undefined ? resolve(document, schema.items) : schema;

/** Those of the objects in a list. */
const innerSlots = (document: Document, operation: Operation, within: string, item: Schema): readonly Slot[] =>
  Object.entries(shapeOf(document, item).properties).flatMap(([name, schema]): readonly Slot[] => {
    const one = itemOf(document, schema);
    refuseInner(document, operation, `${within}.${name}`, one);
    const kind = kindOf(name, one);
    return kind === null ? [] : [{ operation, place: 'body', name, kind, isList: one !== schema, within }];
  });

/** Every input of an operation that names something. */
export const slotsOf = (document: Document, operation: Operation): readonly Slot[] => {
  const parameters = operation.parameters.map((parameter) => ({ ...parameter, place: parameter.in }));
  const fields = Object.entries(operation.body?.properties ?? {}).map(([name, schema]) => ({
    name,
    schema,
    place: 'body' as const,
  }));
  return [...parameters, ...fields].flatMap(({ place, name, schema }): readonly Slot[] => {
    const own = resolve(document, schema);
    const isList = own.type === 'array';
    const one = itemOf(document, own);
    if (isList && place === 'body' && one.type === 'object') return innerSlots(document, operation, name, one);
    refuseInner(document, operation, name, one);
    const kind = kindOf(name, one);
    return kind === null ? [] : [{ operation, place, name, kind, isList, within: null }];
  });
};
