import type { UndoneFieldData } from './event-data';
import { type JsonSchema, objectSchema } from './schema';
import {
  type ActionItemData,
  BINDING_MODE_CODES,
  BINDING_OUTCOME_CODES,
  CALL_STATUS_CODES,
  ISSUE_CODES,
  READINESS_STATE_CODES,
  RELEASE_CODES,
  SECTION_CODES,
  STEP_CODES,
  WARNING_CODES,
} from './vocabulary';

/** Where a definition is in the document of a schema. */
export const DEFINITION_PATH = '#/$defs/';

const reference = (name: string, description?: string): JsonSchema => ({
  $ref: `${DEFINITION_PATH}${name}`,
  ...(description !== undefined && { description }),
});
const closed = (title: string, codes: readonly string[], description: string): JsonSchema => ({
  title,
  type: 'string',
  enum: codes,
  description,
});
const nullableInteger = (description: string): JsonSchema => ({ type: ['integer', 'null'], description });

const actionItem = objectSchema<ActionItemData>({
  description: 'A remedy.',
  properties: {
    code: reference('Issue', 'The issue that it ends.'),
    label: { type: 'string', description: 'For people; may be reworded at any time.' },
  },
  optional: {},
});
const undoneField = objectSchema<UndoneFieldData>({
  description: 'A value that our last repair made and that is another one now.',
  properties: {
    field: { type: 'string', description: "VoiceLink's name." },
    ours: nullableInteger('What we wrote.'),
    theirs: nullableInteger('What is there; null: nothing.'),
  },
  optional: {},
});

/**
 * What several event types say, once. Generators of types name each after its title, so the names here are those of the classes
 * of consumers: they stay.
 */
export const DEFINITIONS = {
  ReadinessState: closed(
    'ReadinessState',
    READINESS_STATE_CODES,
    'READY, the first issue, REMOTE_DID_NEVER_SEEN for a declared number that VoiceLink has never listed, or UNKNOWN before the first complete verdict and once there is none any more.',
  ),
  Issue: closed('Issue', ISSUE_CODES, 'What is wrong with a number.'),
  ActionItem: { title: 'ActionItem', ...actionItem },
  BindingMode: closed('BindingMode', BINDING_MODE_CODES, 'What Dialtone may do for a declaration.'),
  BindingOutcome: closed('BindingOutcome', BINDING_OUTCOME_CODES, 'How a reconcile of a binding ended.'),
  Release: closed('Release', RELEASE_CODES, 'What a withdrawn declaration leaves to do.'),
  Step: closed('Step', STEP_CODES, 'A step of a plan.'),
  UndoneField: { title: 'UndoneField', ...undoneField },
  UpstreamList: closed('UpstreamList', SECTION_CODES, 'One of the lists of VoiceLink.'),
  WarningCode: closed('WarningCode', WARNING_CODES, 'What is wrong with a list.'),
  CallStatus: closed('CallStatus', CALL_STATUS_CODES, 'How far a call has come.'),
} as const satisfies Readonly<Record<string, JsonSchema>>;

export type DefinitionName = keyof typeof DEFINITIONS;

/** A value of the shape of a definition; the description says what it is there. */
export const named: (name: DefinitionName, description?: string) => JsonSchema = reference;

/** The schemas directly below one. */
export const childrenOf = ({ items, properties = {} }: JsonSchema): readonly JsonSchema[] => [
  ...Object.values(properties),
  ...(items === undefined ? [] : [items]),
];

/** The definition that a reference leads to; throws for one that leads nowhere. */
export const definitionAt = (ref: string): readonly [DefinitionName, JsonSchema] => {
  const name = ref.slice(DEFINITION_PATH.length);
  if (!ref.startsWith(DEFINITION_PATH) || !Object.hasOwn(DEFINITIONS, name)) throw new Error(`${ref} leads nowhere.`);
  return [name as DefinitionName, DEFINITIONS[name as DefinitionName]];
};

const namesIn = (schema: JsonSchema): readonly DefinitionName[] => {
  const own = schema.$ref === undefined ? [] : [definitionAt(schema.$ref)];
  return [
    ...own.map(([name]) => name),
    ...[...childrenOf(schema), ...own.map(([, definition]) => definition)].flatMap(namesIn),
  ];
};

/** The definitions that a schema needs, itself or through others; undefined when it needs none. */
export const definitionsOf = (schema: JsonSchema): JsonSchema['$defs'] => {
  const needed = new Set(namesIn(schema));
  const found = Object.entries(DEFINITIONS).filter(([name]) => needed.has(name as DefinitionName));
  return found.length === 0 ? undefined : Object.fromEntries(found);
};
