import { operationsIn, type Document, type Media, type Operation, type Schema } from './document-types';

const SHARED = '#/components/examples/';

/** A reference takes five lines itself. */
const WORTH_LINES = 10;

interface Shown {
  readonly name: string;
  readonly media: Media;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const linesOf = (value: unknown): number => JSON.stringify(value, null, 1).split('\n').length;

const shownBy = ({ operationId = '', responses }: Operation): readonly Shown[] =>
  Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.values(content)
      .filter(({ example }) => example !== undefined && linesOf(example) > WORTH_LINES)
      .map((media) => ({ name: `${capital(operationId)}${status}`, media })),
  );

/** A long example that several answers show is written once, by the name of the first of them, and they refer to it. */
export const shareExamples = (document: Document): void => {
  const shown = operationsIn(document).flatMap(([, operation]) => shownBy(operation));
  const groups = [...Map.groupBy(shown, ({ media }) => JSON.stringify(media.example)).values()];
  const shared = groups.filter(({ length }) => length > 1);
  document.components.examples = Object.fromEntries(
    shared.flatMap(([first]) => (first === undefined ? [] : [[first.name, { value: first.media.example }]])),
  );
  for (const group of shared) refer(group);
};

const refer = (group: readonly Shown[]): void => {
  const [first] = group;
  for (const { media } of group) {
    delete media.example;
    media.examples = { shown: { $ref: `${SHARED}${first?.name ?? ''}` } };
  }
};

const isOfComponents = ({ $ref, items, allOf, anyOf }: Schema): boolean =>
  $ref !== undefined || [items, ...(allOf ?? []), ...(anyOf ?? [])].some((part) => part?.$ref !== undefined);

/**
 * An example of a field that holds other components is for the examples of whole answers, which are complete by now: the fields of
 * those components show their own.
 */
export const dropPartialExamples = (document: Document): void => {
  for (const { properties = {} } of Object.values(document.components.schemas)) {
    for (const schema of Object.values(properties)) if (isOfComponents(schema)) delete schema.example;
  }
};
