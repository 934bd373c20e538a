import type { JsonSchema } from '@dialtone/contracts';
import type { ContractsSnapshot, TopicPromise, TypePromise } from './contracts-snapshot';

/** Who reads the data: consumers of what is told, or Dialtone what is asked. The reader's side may only loosen. */
type Direction = TypePromise['direction'];

interface Pair {
  readonly released: JsonSchema;
  readonly present: JsonSchema;
  readonly direction: Direction;
}
type Rule = (pair: Pair) => readonly string[];

const shown = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));
const same = (a: unknown, b: unknown): boolean => shown(a) === shown(b);
const withoutAll = <T>(list: readonly T[], others: readonly T[]): readonly T[] =>
  list.filter((one) => !others.includes(one));

/** Narrower: records that are kept are refused. Wider: consumers get what they were told would never come. */
const unchanged =
  (name: keyof JsonSchema): Rule =>
  ({ released, present }) =>
    same(released[name], present[name]) ? [] : [`${name} was ${shown(released[name])} and is ${shown(present[name])}`];

/** What Dialtone reads may become looser. */
const limit =
  (
    name: 'minimum' | 'minLength' | 'maxLength' | 'maxItems',
    isLooser: (now: number, before: number) => boolean,
  ): Rule =>
  (pair) => {
    const { released, present, direction } = pair;
    const [before, now] = [released[name], present[name]];
    const loosened = before !== undefined && (now === undefined || isLooser(now, before));
    return direction === 'asked' && loosened ? [] : unchanged(name)(pair);
  };

const isLess = (now: number, before: number): boolean => now < before;
const isMore = (now: number, before: number): boolean => now > before;

const valuesOf = ({ enum: closed, examples: open }: JsonSchema): readonly string[] => closed ?? open ?? [];

const RULES: readonly Rule[] = [
  unchanged('title'),
  unchanged('type'),
  unchanged('format'),
  unchanged('pattern'),
  unchanged('const'),
  unchanged('uniqueItems'),
  limit('minimum', isLess),
  limit('minLength', isLess),
  limit('maxLength', isMore),
  limit('maxItems', isMore),
  ({ released, present }) =>
    (released.enum === undefined) === (present.enum === undefined)
      ? []
      : [`the list was ${released.enum === undefined ? 'open and is closed' : 'closed and is open'}`],
  ({ released, present }) =>
    withoutAll(valuesOf(released), valuesOf(present)).map((value) => `the value ${value} was removed`),
  ({ released, present, direction }) =>
    released.enum === undefined || direction === 'asked'
      ? []
      : withoutAll(valuesOf(present), valuesOf(released)).map(
          (value) => `the value ${value} was added to a closed list`,
        ),
  ({ released, present }) =>
    withoutAll(Object.keys(released.properties ?? {}), Object.keys(present.properties ?? {})).map(
      (name) => `${name} was removed`,
    ),
  ({ released, present }) =>
    withoutAll(present.required ?? [], released.required ?? []).map((name) => `${name} is required and was not`),
  ({ released, present, direction }) =>
    direction === 'asked'
      ? []
      : withoutAll(released.required ?? [], present.required ?? []).map((name) => `${name} was required and is not`),
];

/** Two releases, each with the definitions that its references lead to. */
interface Releases {
  readonly released: ContractsSnapshot;
  readonly present: ContractsSnapshot;
  readonly direction: Direction;
}

const resolved = ({ definitions }: ContractsSnapshot, schema: JsonSchema): JsonSchema =>
  schema.$ref === undefined ? schema : (definitions[schema.$ref.replace('#/$defs/', '')] ?? {});

const changesInside = (releases: Releases, { released, present }: Pair, path: string): readonly string[] => {
  const { properties: after = {}, items: itemsNow } = present;
  const fields = Object.entries(released.properties ?? {}).flatMap(([name, property]) => {
    const now = after[name];
    return now === undefined ? [] : changesOf(releases, [property, now], `${path}.${name}`);
  });
  const { items } = released;
  if (items === undefined) return fields;
  if (itemsNow === undefined) return [...fields, `${path}[]: the schema of the items was removed`];
  return [...fields, ...changesOf(releases, [items, itemsNow], `${path}[]`)];
};

const changesOf = (
  releases: Releases,
  [before, now]: readonly [JsonSchema, JsonSchema],
  path: string,
): readonly string[] => {
  if (before.$ref !== now.$ref) return [`${path}: the definition was ${shown(before.$ref)} and is ${shown(now.$ref)}`];
  const { released, present, direction } = releases;
  const pair: Pair = { released: resolved(released, before), present: resolved(present, now), direction };
  const own = RULES.flatMap((rule) => rule(pair)).map((change) => `${path}: ${change}`);
  return [...own, ...changesInside(releases, pair, path)];
};

const NAMES = ['direction', 'topic', 'keyedBy', 'dataschema', 'schemaId', 'data'] as const;

const dataOf = ({ data }: TypePromise): JsonSchema => ({ $ref: `#/$defs/${data}` });

const changesOfType = (
  type: string,
  [before, now]: readonly [TypePromise, TypePromise],
  releases: Releases,
): readonly string[] => [
  ...NAMES.filter((name) => before[name] !== now[name]).map(
    (name) => `${type}: ${name} was ${before[name]} and is ${now[name]}`,
  ),
  ...changesOf(releases, [before.headers, now.headers], `${type}: headers`),
  ...(before.data === now.data ? changesOf(releases, [dataOf(before), dataOf(now)], `${type}: data`) : []),
];

/** Settings of a topic that its readers and writers build on: how many days they may be away, and how much they may write. */
const AT_LEAST: readonly string[] = ['retention.ms', 'max.message.bytes'];

const changesOfTopic = (name: string, before: TopicPromise, now: TopicPromise): readonly string[] => {
  const lowered = AT_LEAST.filter((setting) => {
    const [was, is] = [before.config[setting], now.config[setting]];
    return was !== is && (is === undefined || Number(is) < Number(was ?? Infinity));
  });
  const policy = 'cleanup.policy';
  return [
    ...(before.partitions === now.partitions
      ? []
      : [`${name}: partitions were ${String(before.partitions)} and are ${String(now.partitions)}`]),
    ...[...lowered, ...(before.config[policy] === now.config[policy] ? [] : [policy])].map(
      (setting) => `${name}: ${setting} was ${shown(before.config[setting])} and is ${shown(now.config[setting])}`,
    ),
  ];
};

/**
 * What a consumer of the released contracts stumbles over in the present ones, a line each; empty when all that was added is free.
 * docs/events/compatibility.md has the rules.
 */
export const breakingChanges = (released: ContractsSnapshot, present: ContractsSnapshot): readonly string[] => [
  ...Object.entries(released.types).flatMap(([type, before]) => {
    const now = present.types[type];
    return now === undefined
      ? [`${type}: was removed`]
      : changesOfType(type, [before, now], { released, present, direction: before.direction });
  }),
  ...Object.entries(released.topics).flatMap(([name, before]) => {
    const now = present.topics[name];
    return now === undefined ? [`${name}: was removed`] : changesOfTopic(name, before, now);
  }),
  ...withoutAll(released.deadLetterHeaders, present.deadLetterHeaders).map(
    (name) => `dead letters: ${name} was removed`,
  ),
];
