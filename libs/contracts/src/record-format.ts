import type { KeyKind } from './event-entry';
import { dataSchemaOf, titleOf } from './event-schemas';
import { EVENTS } from './event-types';
import type { EventType } from './events';
import type { JsonSchema } from './schema';
import { RECONCILE_REQUESTED } from './events';

/**
 * Headers of a record (CloudEvents 1.0, Kafka binding, binary mode); all values are UTF-8 text.
 * `ce_sequence` is `seq`, zero-padded so that text order is number order; events about a connection have none. `ce_traceparent` is
 * the CloudEvents distributed tracing extension, `traceparent` the same for consumers that read W3C Trace Context. `ce_replayedat` is
 * there only when an operator sent the event once more.
 */
export const RECORD_HEADERS = {
  id: 'ce_id',
  specVersion: 'ce_specversion',
  type: 'ce_type',
  source: 'ce_source',
  subject: 'ce_subject',
  time: 'ce_time',
  dataSchema: 'ce_dataschema',
  sequence: 'ce_sequence',
  traceparent: 'ce_traceparent',
  trace: 'traceparent',
  replayedAt: 'ce_replayedat',
  contentType: 'content-type',
} as const;

/**
 * The most that the key, the value and the headers of a reconcile request may have together, in bytes. A request has some 200.
 */
export const MAX_REQUEST_BYTES = 4_096;

/** Instead of the value and the headers of a request that is too large. */
export const TOO_LARGE_HEADERS = { bytes: 'dlq_bytes', valueSha256: 'dlq_value_sha256' } as const;

/** Added to a dead letter, beside the headers and key that it came with. */
export const DEAD_LETTER_HEADERS = {
  reason: 'dlq_reason',
  topic: 'dlq_topic',
  partition: 'dlq_partition',
  offset: 'dlq_offset',
  failedAt: 'dlq_failed_at',
} as const;

const text = (description: string): JsonSchema => ({ type: 'string', description });
const traceparent = (description: string): JsonSchema => ({
  ...text(description),
  pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
});

/** The first word is that of the topic. */
const sourceOf = (type: EventType): string => {
  const { topic, keyedBy } = EVENTS[type];
  const about = keyedBy === 'webhook' ? 'webhooks/<webhook_id>' : 'connections/<connection_id>';
  return `/${topic.replace(/[.].*/, '')}/${about}`;
};

/** JSON Schema of the headers of one event type. */
export const headersSchemaOf = (type: EventType): JsonSchema => {
  const inbound = type === RECONCILE_REQUESTED;
  const h = RECORD_HEADERS;
  return {
    title: `${titleOf(type)}Headers`,
    type: 'object',
    properties: {
      [h.id]: text('UUID, the same however often the event is delivered: deduplicate by it.'),
      [h.specVersion]: { type: 'string', const: '1.0' },
      [h.type]: { type: 'string', const: type },
      [h.source]: text(`\`${sourceOf(type)}\`.`),
      [h.subject]: text('The phone number in E.164; left out for events about a connection.'),
      [h.time]: { type: 'string', format: 'date-time', description: '`data.occurred_at`.' },
      [h.dataSchema]: { type: 'string', const: dataSchemaOf(type), description: 'Names the schema of the data.' },
      [h.sequence]: { type: 'string', pattern: '^[0-9]{20}$', description: '`data.seq`, zero-padded.' },
      [h.traceparent]: traceparent('The trace that made the event true; left out while Dialtone is not traced.'),
      [h.trace]: traceparent('The same, for consumers that read W3C Trace Context.'),
      [h.replayedAt]: {
        type: 'string',
        format: 'date-time',
        description: 'When an operator sent it once more, with the id that it always had; left out otherwise.',
      },
      [h.contentType]: { type: 'string', const: 'application/json' },
    },
    // A reconcile request may leave out every header: its topic carries one type only.
    required: inbound ? [] : [h.id, h.specVersion, h.type, h.source, h.time, h.dataSchema, h.contentType],
  };
};

/** What the records of an event type are in order of. */
export const keyKindOf = (type: EventType): KeyKind => EVENTS[type].keyedBy;

/** JSON Schema of the record keys of one event type. */
export const recordKeySchemaOf = (type: EventType): JsonSchema => KEYS[keyKindOf(type)];

const KEYS: Readonly<Record<KeyKind, JsonSchema>> = {
  did: { type: 'string', description: '`<connection_id>/<key>`: everything about one DID is in order.' },
  connection: { type: 'string', description: '`<connection_id>`: everything about one connection is in order.' },
  webhook: { type: 'string', description: '`<webhook_id>`: everything about one webhook is in order.' },
  free: { type: 'string', description: 'Anything; `<connection_id>/<key>` spreads well.' },
};
