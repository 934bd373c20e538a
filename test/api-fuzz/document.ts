/** The part of OpenAPI 3.1 that our document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly deprecated?: boolean;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  /** Of a list whose items have a result each. */
  readonly 'x-each-answered'?: boolean;
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly deprecated?: boolean;
  readonly schema: Schema;
}

interface Examples {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value?: unknown }>>;
}

interface Media extends Examples {
  readonly schema: Schema;
}

interface RequestBody {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, Media>>;
}

export interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, Media>>;
}

interface PathOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, Response>>;
  readonly security?: readonly unknown[];
  readonly 'x-error-codes'?: readonly string[];
}

export const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Partial<Record<Method, PathOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly headers: Readonly<Record<string, { readonly 'x-error-statuses'?: readonly number[] }>>;
  };
}

export interface Body {
  readonly required: boolean;
  readonly schema: Schema;
  /** Whole bodies that the document shows. */
  readonly examples: readonly unknown[];
}

/** One route of the document. */
export interface Operation {
  /** `PUT /api/v2/…/{key}`. */
  readonly name: string;
  readonly method: Method;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body | null;
  readonly secured: boolean;
  readonly responses: Readonly<Record<string, Response>>;
}

const examplesOf = ({ example, examples }: Examples): readonly unknown[] => [
  ...(example === undefined ? [] : [example]),
  ...Object.values(examples ?? {}).flatMap(({ value }) => (value === undefined ? [] : [value])),
];

const bodyOf = (body: RequestBody | undefined): Body | null => {
  const media = body?.content['application/json'];
  if (media === undefined) return null;
  return { required: body?.required ?? false, schema: media.schema, examples: examplesOf(media) };
};

/** Every route, in the document's order. */
export const operationsOf = (document: OpenApiDocument): readonly Operation[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method): readonly Operation[] => {
      const operation = item[method];
      if (operation === undefined) return [];
      const { parameters = [], requestBody, responses, security } = operation;
      return [
        {
          name: `${method.toUpperCase()} ${path}`,
          method,
          path,
          parameters,
          body: bodyOf(requestBody),
          secured: (security ?? []).length > 0,
          responses,
        },
      ];
    }),
  );

const REF = '#/components/schemas/';

/**
 * A schema with its own reference followed and its `allOf` merged; what is inside stays as it is. What stands beside a
 * reference (a description, an example) is kept.
 */
export const resolved = (document: OpenApiDocument, schema: Schema): Schema => {
  const { $ref, ...beside } = schema;
  if ($ref !== undefined) {
    const target = document.components.schemas[$ref.slice(REF.length)];
    if (target === undefined) throw new Error(`${$ref} is not in the document.`);
    return { ...resolved(document, target), ...beside };
  }
  if (schema.allOf === undefined) return schema;
  const { allOf, ...own } = schema;
  const parts = [...allOf.map((part) => resolved(document, part)), own];
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map((part) => part.properties ?? {})) as Record<string, Schema>,
    required: parts.flatMap((part) => part.required ?? []),
  } as Schema;
};

const isNull = ({ type }: Schema): boolean => type === 'null';

/** A schema without what makes null one of its values, and whether it was one. */
export const withoutNull = (
  document: OpenApiDocument,
  schema: Schema,
): { readonly schema: Schema; readonly nullable: boolean } => {
  const own = resolved(document, schema);
  if (Array.isArray(own.type)) {
    const { type } = own as { readonly type: readonly string[] };
    const [only, ...others] = type.filter((one) => one !== 'null');
    return {
      schema: { ...own, type: others.length === 0 && only !== undefined ? only : type },
      nullable: type.includes('null'),
    };
  }
  const { anyOf = [], ...beside } = own;
  const [only, ...others] = anyOf.filter((branch) => !isNull(branch));
  if (only === undefined || others.length > 0 || !anyOf.some(isNull)) return { schema: own, nullable: false };
  return { schema: { ...resolved(document, only), ...beside }, nullable: true };
};
