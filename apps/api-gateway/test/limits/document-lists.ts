interface Schema {
  readonly $ref?: string;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** The part of OpenAPI 3.1 that says how long lists may be. */
export interface ListDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** A list in the body of a route. */
export interface LimitedList {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly field: string;
  readonly maxItems: number;
}

const lengthOf = ({ maxItems, anyOf = [] }: Schema): number | undefined =>
  maxItems ?? anyOf.find((branch) => branch.maxItems !== undefined)?.maxItems;

/** Every list with a greatest length. */
export const listsIn = ({ paths, components }: ListDocument): readonly LimitedList[] => {
  const fieldsOf = ({
    $ref,
    properties = {},
    anyOf = [],
    oneOf = [],
  }: Schema): readonly (readonly [string, Schema])[] => [
    ...($ref === undefined ? [] : fieldsOf(components.schemas[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {})),
    ...Object.entries(properties),
    ...[...anyOf, ...oneOf].flatMap(fieldsOf),
  ];
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { requestBody }]) =>
      fieldsOf(requestBody?.content['application/json']?.schema ?? {}).flatMap(([field, schema]) => {
        const maxItems = lengthOf(schema);
        return maxItems === undefined ? [] : [{ method: method.toUpperCase() as 'POST', path, field, maxItems }];
      }),
    ),
  );
};
