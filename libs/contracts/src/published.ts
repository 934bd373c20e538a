/** What the package has for other services. What only Dialtone itself needs, the rows of its log, is left out. */
export type { CloudEvent, CloudEventAttributes } from './cloud-event';
export * from './event-data';
export * from './event-schemas';
export {
  EVENT_EXAMPLES,
  EVENT_TYPES,
  type EventDataByType,
  type EventType,
  OUTBOUND_EVENT_TYPES,
  OUTBOUND_TOPICS,
  type OutboundEventType,
  RECONCILE_REQUESTED,
  TOPIC_OF,
} from './events';
export type { Fault } from './fault-in';
export * from './parse-event';
export {
  DEAD_LETTER_HEADERS,
  headersSchemaOf,
  MAX_REQUEST_BYTES,
  RECORD_HEADERS,
  recordKeySchemaOf,
  TOO_LARGE_HEADERS,
} from './record-format';
export type { JsonSchema } from './schema';
export * from './topics';
export * from './vocabulary';
