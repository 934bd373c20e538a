import { operationsIn, type Document, type Operation, type Parameter } from './document-types';

const SHARED = '#/components/parameters/';

/** `connection_id` and `If-Match` as names of types. */
const pascal = (text: string): string =>
  text
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

interface Use {
  readonly parameter: Parameter;
  readonly tag: string;
}

/** Parameters that several operations take, each once, with the tag of the first of them. */
const takenBySeveral = (document: Document): readonly Use[] => {
  const uses = operationsIn(document).flatMap(([, { parameters = [], tags = [] }]) =>
    parameters.map((parameter) => ({ parameter, tag: tags[0] ?? '' })),
  );
  return [...Map.groupBy(uses, ({ parameter }) => JSON.stringify(parameter)).values()].flatMap(([first, second]) =>
    first === undefined || second === undefined ? [] : [first],
  );
};

/**
 * Where several parameters have one name, or a schema has it, it is told by the tag of their routes: `PhoneNumbersId`, `AgentsId`. Some
 * generators give parameters and schemas names of one kind.
 */
const componentNames = (shared: readonly Use[], schemas: object): ReadonlyMap<string, Parameter> => {
  const named = shared.map(({ parameter, tag }) => {
    const isAlone = shared.filter((other) => other.parameter.name === parameter.name).length === 1;
    return [
      pascal(isAlone && !(pascal(parameter.name) in schemas) ? parameter.name : `${tag} ${parameter.name}`),
      parameter,
    ] as const;
  });
  const names = new Map(named);
  if (names.size < named.length) throw new Error(`two parameters get one name: ${named.map(([name]) => name).join()}`);
  return names;
};

/** A parameter that several routes take is described once, and the routes refer to it. */
export const shareParameters = (document: Document): void => {
  const shared = componentNames(takenBySeveral(document), document.components.schemas);
  const references = new Map([...shared].map(([name, parameter]) => [JSON.stringify(parameter), `${SHARED}${name}`]));
  document.components.parameters = Object.fromEntries(shared);
  for (const [, operation] of operationsIn(document)) refer(operation, references);
};

const refer = (operation: Operation, references: ReadonlyMap<string, string>): void => {
  if (operation.parameters === undefined) return;
  operation.parameters = operation.parameters.map((parameter) => {
    const $ref = references.get(JSON.stringify(parameter));
    return $ref === undefined ? parameter : ({ $ref } as unknown as Parameter);
  });
};
