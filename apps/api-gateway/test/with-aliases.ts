interface Named {
  readonly name: string;
  readonly 'x-aliases'?: readonly string[];
}

interface Item {
  readonly parameters?: readonly Named[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly 'x-aliases'?: readonly string[];
}

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);

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

/** The document with `x-aliases` written out: each older name of an input is an input of its own. */
export const withAliases = <T>(document: T): T => {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isItem(value)) return value;
    return Object.fromEntries(Object.entries(unfolded(value)).map(([name, inner]) => [name, visit(inner)]));
  };
  return visit(document) as T;
};
