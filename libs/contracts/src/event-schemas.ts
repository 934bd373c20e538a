import { EVENTS } from './event-types';
import { EVENT_TYPES, type EventType } from './events';
import type { JsonSchema } from './schema';

/** The `$id` of an event type's schema, and its CloudEvents `dataschema`. A name, not an address: nothing is served there. */
export const schemaIdOf = (type: EventType): string => `urn:dialtone:event:${type}`;

const identified = (type: EventType): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: schemaIdOf(type),
  title: type,
  ...EVENTS[type].schema,
});

/** JSON Schema 2020-12 of the data of each event type. */
export const EVENT_SCHEMAS = Object.fromEntries(EVENT_TYPES.map((type) => [type, identified(type)])) as Readonly<
  Record<EventType, JsonSchema>
>;
