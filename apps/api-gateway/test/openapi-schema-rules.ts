export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly discriminator?: unknown;
  readonly allOf?: readonly Schema[];
  readonly 'x-enum-varnames'?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
}

/** As languages tell names apart that write them their own way. */
const spoken = (name: unknown): string =>
  String(name)
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase();

export const alike = (names: readonly unknown[]): readonly string[] => {
  const groups = [...Map.groupBy(names, spoken).values()].filter(({ length }) => length > 1);
  return groups.map((group) => `${group.join(' and ')} get one name in generated code`);
};

export const anySchema = (value: unknown, check: (schema: Schema) => readonly string[]): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return [...check(value), ...Object.values(value).flatMap((inner) => anySchema(inner, check))];
};

export const valuesAreNamed = ({ enum: choices, 'x-enum-varnames': names }: Schema): readonly string[] =>
  Array.isArray(choices) ? alike(names ?? choices) : [];

export const isNullable = (schema: Schema): readonly string[] =>
  'nullable' in schema ? ['nullable is unknown to OpenAPI 3.1: null is a type'] : [];

export const enumsNull = ({ enum: choices }: Schema): readonly string[] =>
  Array.isArray(choices) && choices.includes(null)
    ? [`null is among ${choices.join()}: make it a branch of anyOf`]
    : [];

export const wrapsReference = ({ allOf }: Schema): readonly string[] => {
  // A field may be called allOf.
  const [only, ...others] = Array.isArray(allOf) ? (allOf as readonly Schema[]) : [];
  return only?.$ref !== undefined && others.length === 0 ? [`${only.$ref} is in allOf`] : [];
};

export const saysSize = ({ type, format, maximum = 0 }: Schema): readonly string[] => [
  ...(type === 'integer' && maximum > 2 ** 31 - 1 && format !== 'int64' ? [`${String(maximum)} needs 64 bits`] : []),
  ...(numberTypes.has(JSON.stringify(type)) && format !== 'double' ? ['a number needs 64 bits'] : []),
];
const numberTypes = new Set(['"number"', '["number","null"]']);

/** Of values that are written out in several places each place gets a type of its own. */
export const repeatedEnums = (document: unknown): readonly string[] => {
  const enums: string[] = [];
  anySchema(document, ({ enum: choices }) => {
    if (Array.isArray(choices) && choices.length > 1) enums.push(choices.join());
    return [];
  });
  const groups = [...Map.groupBy(enums, (id) => id)].filter(([, { length }]) => length > 1);
  return groups.map(([id, { length }]) => `${id} is written out ${String(length)} times: make it a component`);
};

/** What a branch requires and no other branch has tells which one is meant. */
export const branchesAreApart = ({ oneOf = [], discriminator }: Schema): readonly string[] => {
  const objects = oneOf.filter(({ properties }) => properties !== undefined);
  if (objects.length < 2 || discriminator !== undefined) return [];
  const isApart = ({ required = [] }: Schema, others: readonly Schema[]): boolean =>
    required.some((name) => others.every(({ properties = {} }) => !(name in properties)));
  const alike = objects.filter(
    (one) =>
      !isApart(
        one,
        objects.filter((other) => other !== one),
      ),
  );
  return alike.map(({ required = [] }) => `nothing tells a branch with ${required.join()} from the others`);
};

export const fieldsAreApart = ({ properties }: Schema): readonly string[] => alike(Object.keys(properties ?? {}));

const PORTABLE = /^(?:(?!\\[pPkx]\{|\(\?<).)*$/s;

/** Every pattern, wherever it is. */
export const unreadable = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { pattern } = value as { pattern?: unknown };
  const own = typeof pattern === 'string' && !PORTABLE.test(pattern) ? [`${pattern} is read otherwise elsewhere`] : [];
  return [...own, ...Object.values(value).flatMap(unreadable)];
};
