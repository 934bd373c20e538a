import {
  ALL_EVENT_SCHEMAS,
  DEAD_LETTER_HEADERS,
  dataSchemaOf,
  EVENT_SCHEMAS,
  EVENT_TYPES,
  type EventType,
  headersSchemaOf,
  type JsonSchema,
  keyKindOf,
  RECONCILE_REQUESTED,
  schemaIdOf,
  titleOf,
  TOO_LARGE_HEADERS,
  TOPIC_NAMES,
  TOPIC_OF,
  TOPICS,
} from '@dialtone/contracts';

/** What a release of the contracts promises about an event type. */
export interface TypePromise {
  /** `told` by Dialtone to consumers, or `asked` by them. */
  readonly direction: 'told' | 'asked';
  readonly topic: string;
  readonly keyedBy: string;
  readonly dataschema: string;
  readonly schemaId: string;
  /** The definition of its data. */
  readonly data: string;
  readonly headers: JsonSchema;
}

export interface TopicPromise {
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** All that a release of the contracts promises; texts for people are none of it. */
export interface ContractsSnapshot {
  readonly version: string;
  readonly topics: Readonly<Record<string, TopicPromise>>;
  readonly types: Readonly<Record<string, TypePromise>>;
  readonly deadLetterHeaders: readonly string[];
  readonly definitions: Readonly<Record<string, JsonSchema>>;
}

const promiseOf = (type: EventType): TypePromise => ({
  direction: type === RECONCILE_REQUESTED ? 'asked' : 'told',
  topic: TOPIC_OF[type],
  keyedBy: keyKindOf(type),
  dataschema: dataSchemaOf(type),
  schemaId: EVENT_SCHEMAS[type].$id ?? schemaIdOf(type),
  data: titleOf(type),
  headers: headersSchemaOf(type),
});

/** A `description` that is text is for people; one that is a schema is a property of that name. */
const isForPeople = (name: string, value: unknown): boolean => name === 'description' && typeof value === 'string';

/** What the sources promise now, as data of JSON. */
export const contractsSnapshot = (version: string): ContractsSnapshot => {
  const snapshot: ContractsSnapshot = {
    version,
    topics: Object.fromEntries(
      TOPIC_NAMES.map((name) => [name, { partitions: TOPICS[name].partitions, config: TOPICS[name].config }]),
    ),
    types: Object.fromEntries(EVENT_TYPES.map((type) => [type, promiseOf(type)])),
    deadLetterHeaders: [...Object.values(DEAD_LETTER_HEADERS), ...Object.values(TOO_LARGE_HEADERS)],
    definitions: ALL_EVENT_SCHEMAS.$defs ?? {},
  };
  const text = JSON.stringify(snapshot, (name, value: unknown) => (isForPeople(name, value) ? undefined : value));
  return JSON.parse(text) as ContractsSnapshot;
};
