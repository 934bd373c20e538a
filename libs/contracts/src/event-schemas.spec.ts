import { type BindingMode, BINDING_MODES, type Issue, ISSUES, READINESS_STATES, SECTIONS } from '@dialtone/domain';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { childrenOf, DEFINITIONS } from './definitions';
import { ALL_EVENT_SCHEMAS, EVENT_SCHEMAS, schemaIdOf, titleOf } from './event-schemas';
import { EVENT_EXAMPLES, EVENT_TYPES, TOPIC_OF, type EventType } from './events';
import type { JsonSchema } from './schema';
import { TOPICS } from './topics';
import {
  BINDING_MODE_CODES,
  type BindingModeCode,
  ISSUE_CODES,
  type IssueCode,
  READINESS_STATE_CODES,
  SECTION_CODES,
} from './vocabulary';

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats(ajv);
const validators = new Map(EVENT_TYPES.map((type) => [type, ajv.compile(EVENT_SCHEMAS[type])]));
const validatorOf = (type: EventType): ValidateFunction => {
  const validate = validators.get(type);
  if (validate === undefined) throw new Error(`no validator for ${type}`);
  return validate;
};
const without = (value: object, name: string): object =>
  Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));

describe('event schemas', () => {
  it.each(EVENT_TYPES)('%s: the example is valid and uses only described properties', (type) => {
    const validate = validatorOf(type);
    validate(EVENT_EXAMPLES[type]);
    expect(validate.errors ?? []).toEqual([]);
    expect(Object.keys(EVENT_SCHEMAS[type].properties ?? {})).toEqual(
      expect.arrayContaining(Object.keys(EVENT_EXAMPLES[type])),
    );
    expect(EVENT_SCHEMAS[type].$id).toBe(schemaIdOf(type));
  });

  it.each(EVENT_TYPES)('%s: data without one of the required properties is refused', (type) => {
    const validate = validatorOf(type);
    const required = EVENT_SCHEMAS[type].required ?? [];
    expect(required.some((name) => name === 'connection_id' || name === 'webhook_id')).toBe(true);
    expect(required.filter((name) => validate(without(EVENT_EXAMPLES[type], name)))).toEqual([]);
  });

  it.each(EVENT_TYPES)('%s: a property that a later version adds does not break a consumer', (type) => {
    expect(validatorOf(type)({ ...EVENT_EXAMPLES[type], added_later: 1 })).toBe(true);
  });

  it('refuses a null for an id that is not known: unknown ids are left out', () => {
    const detected = EVENT_EXAMPLES['dialtone.drift.detected.v1'];
    expect(validatorOf('dialtone.drift.detected.v1')({ ...detected, bot_id: null })).toBe(false);
  });
});

/** A schema, and what is directly in it. */
const partsOf = (schema: JsonSchema): readonly JsonSchema[] => [schema, ...childrenOf(schema).flatMap(partsOf)];

describe('what generators name types after', () => {
  const definitions: Readonly<Record<string, JsonSchema>> = ALL_EVENT_SCHEMAS.$defs ?? {};

  it('is a title of one or more words for each event type and each shape that they share', () => {
    expect(Object.keys(definitions)).toHaveLength(EVENT_TYPES.length + Object.keys(DEFINITIONS).length);
    for (const [name, { title }] of Object.entries(definitions)) {
      expect(title).toBe(name);
      expect(name).toMatch(/^(?:[A-Z][a-z]+)+$/);
    }
    expect(Object.keys(definitions)).toEqual(
      expect.arrayContaining(['DriftDetected', 'ReadinessState', 'ActionItem', 'Issue', 'CallStatus']),
    );
  });

  it.each([
    ['dialtone.drift.detected.v1', 'DriftDetected'],
    ['dialtone.drift.detected.v2', 'DriftDetectedV2'],
  ])('of %s is %s', (type, title) => {
    expect(titleOf(type)).toBe(title);
  });

  it('is never left to their invention: what needs a type of its own is referenced', () => {
    const nameless = Object.entries(definitions).flatMap(([name, schema]) =>
      childrenOf(schema)
        .flatMap(partsOf)
        .filter(({ type, enum: codes }) => type === 'object' || codes !== undefined)
        .map((part) => [name, part]),
    );
    expect(nameless).toEqual([]);
  });

  it('is said once: no two shapes are the same list', () => {
    const lists = Object.values(DEFINITIONS).flatMap((shape: JsonSchema) =>
      shape.enum === undefined ? [] : [shape.enum.join()],
    );
    expect(new Set(lists).size).toBe(lists.length);
  });

  it('leads somewhere in each schema that stands alone, and nothing is there without need', () => {
    for (const { $defs = {}, ...schema } of Object.values(EVENT_SCHEMAS)) {
      const referred = [schema, ...Object.values($defs)]
        .flatMap(partsOf)
        .flatMap(({ $ref }) => ($ref === undefined ? [] : [$ref.replace('#/$defs/', '')]));
      expect(Object.keys($defs).sort()).toEqual([...new Set(referred)].sort());
    }
  });
});

describe('topics', () => {
  it('carry every event type, and only the readiness topic is compacted', () => {
    const compacted = Object.entries(TOPICS).filter(([, { config }]) => config['cleanup.policy'] === 'compact');
    expect(compacted.map(([name]) => name)).toEqual([TOPIC_OF['dialtone.readiness.changed.v1']]);
    expect(EVENT_TYPES.filter((type) => TOPIC_OF[type] === 'voicelink.readiness.v1')).toHaveLength(1);
  });
});

describe('vocabulary', () => {
  it('says the same words as the domain', () => {
    expect(ISSUE_CODES).toEqual(ISSUES);
    expect(READINESS_STATE_CODES).toEqual(READINESS_STATES);
    expect(SECTION_CODES).toEqual(SECTIONS);
    expect(BINDING_MODE_CODES).toEqual(BINDING_MODES);
    // Does not compile when the types drift apart.
    const issue: (value: Issue) => IssueCode = (value) => value;
    const mode: (value: BindingMode) => BindingModeCode = (value) => value;
    expect([issue('NO_BOT'), mode('observe')]).toEqual(['NO_BOT', 'observe']);
  });
});
