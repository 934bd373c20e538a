type Json = Readonly<Record<string, unknown>>;

interface Named {
  readonly name: string;
  readonly 'x-aliases'?: readonly string[];
}

interface Item {
  readonly parameters?: readonly Named[];
  readonly properties?: Json;
  readonly 'x-aliases'?: readonly string[];
}

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value with each item inside it changed, the outermost first. */
const changed = (value: unknown, change: (item: Item) => Item): unknown => {
  if (Array.isArray(value)) return value.map((one) => changed(one, change));
  if (!isItem(value)) return value;
  return Object.fromEntries(Object.entries(change(value)).map(([name, inner]) => [name, changed(inner, change)]));
};

interface WithComponents {
  readonly components: { readonly parameters?: Json };
}

/** The document with the parameter itself in each place that refers to one. */
export const withParameters = <T>(document: T): T => {
  const shared = (document as unknown as WithComponents).components.parameters ?? {};
  const named = ($ref: string): unknown => {
    const found = shared[$ref.split('/').at(-1) ?? ''];
    if (found === undefined) throw new Error(`${$ref} is not in the document.`);
    return found;
  };
  const spelledOut = (one: object): Named => ('$ref' in one ? named(String(one.$ref)) : one) as Named;
  const spelled = (item: Item): Item =>
    Array.isArray(item.parameters) ? { ...item, parameters: item.parameters.map(spelledOut) } : item;
  return changed(document, spelled) as T;
};

const aliasesOf = (value: unknown): readonly string[] => (isItem(value) ? (value['x-aliases'] ?? []) : []);

const older = (input: object): object => ({ ...input, 'x-aliases': [], deprecated: true });

const unfolded = (value: Item): Item => ({
  ...value,
  ...(Array.isArray(value.parameters) && {
    parameters: value.parameters.flatMap((parameter: Named) => [
      parameter,
      ...aliasesOf(parameter).map((name) => ({ ...older(parameter), name })),
    ]),
  }),
  ...(isItem(value.properties) && {
    properties: Object.fromEntries(
      Object.entries(value.properties).flatMap(([name, schema]) => [
        [name, schema],
        ...aliasesOf(schema).map((alias) => [alias, older(schema as object)] as const),
      ]),
    ),
  }),
});

/** The document with shared parameters and `x-aliases` written out: each older name of an input is an input of its own. */
export const withAliases = <T>(document: T): T => changed(withParameters(document), unfolded) as T;
