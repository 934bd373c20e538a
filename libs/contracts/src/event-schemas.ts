import { DEFINITIONS, definitionsOf } from './definitions';
import { EVENTS } from './event-types';
import { EVENT_TYPES, type EventType } from './events';
import type { JsonSchema } from './schema';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** The CloudEvents `dataschema` of an event type: a name, which no reader has to resolve. The schema itself is at `schemaIdOf`. */
export const dataSchemaOf = (type: EventType): string => `urn:dialtone:event:${type}`;

/** Where the gateway serves all schemas in one document. */
export const EVENT_SCHEMAS_PATH = '/schemas/events.json';

/** The `$id` of an event type's schema. A path, since each deployment has a host of its own: the gateway serves the schema there. */
export const schemaIdOf = (type: EventType): string => `/schemas/events/${type}.json`;

/** What generators name the type of the data: `DriftDetected` of `dialtone.drift.detected.v1`, `DriftDetectedV2` of the next. */
export const titleOf = (type: string): string => {
  const [, ...words] = type.split('.');
  const version = words.pop() ?? '';
  const name = words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
  return version === 'v1' ? name : `${name}${version.toUpperCase()}`;
};

const titled = (type: EventType): JsonSchema => ({ title: titleOf(type), ...EVENTS[type].schema });

const identified = (type: EventType): JsonSchema => {
  const $defs = definitionsOf(EVENTS[type].schema);
  return { $schema: DRAFT, $id: schemaIdOf(type), ...titled(type), ...($defs !== undefined && { $defs }) };
};

/** JSON Schema 2020-12 of the data of each event type; each stands alone. */
export const EVENT_SCHEMAS = Object.fromEntries(EVENT_TYPES.map((type) => [type, identified(type)])) as Readonly<
  Record<EventType, JsonSchema>
>;

/** The same in one document for generators of types: what several types share is in it once. */
export const ALL_EVENT_SCHEMAS: JsonSchema = {
  $schema: DRAFT,
  $id: EVENT_SCHEMAS_PATH,
  title: 'DialtoneEvents',
  description: 'The data of all event types of Dialtone.',
  $defs: { ...Object.fromEntries(EVENT_TYPES.map((type) => [titleOf(type), titled(type)])), ...DEFINITIONS },
};
