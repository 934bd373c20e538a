import { operationsIn, type Document, type Schema } from './document-types';

interface Named {
  readonly name: string;
  readonly deprecated: boolean;
}

/** How a name is told from others in languages that write names their own way: `connection_id` is `connectionId` there. */
const spoken = (name: string): string => name.replace(/[^a-z0-9]/gi, '').toLowerCase();

/** Older spellings by the name that they are spellings of. */
const aliasesIn = (names: readonly Named[]): ReadonlyMap<string, readonly string[]> => {
  const current = new Map(names.filter((one) => !one.deprecated).map(({ name }) => [spoken(name), name]));
  const older = names.filter(({ name, deprecated }) => deprecated && current.has(spoken(name)));
  return new Map(
    [...Map.groupBy(older, ({ name }) => current.get(spoken(name)) ?? name)].map(([name, spellings]) => [
      name,
      spellings.map((spelling) => spelling.name),
    ]),
  );
};

const foldProperties = (properties: Record<string, Schema>): void => {
  const names = Object.entries(properties).map(([name, { deprecated = false }]) => ({ name, deprecated }));
  for (const [name, aliases] of aliasesIn(names)) {
    properties[name] = { ...properties[name], 'x-aliases': aliases };
    for (const alias of aliases) Reflect.deleteProperty(properties, alias);
  }
};

const foldParameters = (document: Document): void => {
  for (const [, operation] of operationsIn(document)) {
    const { parameters = [] } = operation;
    const aliases = aliasesIn(parameters.map(({ name, deprecated = false }) => ({ name, deprecated })));
    const folded = new Set([...aliases.values()].flat());
    for (const parameter of parameters) {
      const own = aliases.get(parameter.name);
      if (own !== undefined) parameter['x-aliases'] = own;
    }
    operation.parameters = parameters.filter(({ name }) => !folded.has(name));
  }
};

/**
 * An older spelling of an input becomes `x-aliases` of that input: as an input of its own it would get the same name in a
 * client generated for Java, Go and others, which does not compile then.
 */
export const foldAliases = (document: Document): void => {
  for (const { properties } of Object.values(document.components.schemas)) {
    if (properties !== undefined) foldProperties(properties);
  }
  foldParameters(document);
};
