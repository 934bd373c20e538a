import {
  type AnyLoggedEvent,
  cloudEventAttributes,
  EVENT_TYPES,
  type EventType,
  RECORD_HEADERS,
  TOPIC_OF,
  type TopicName,
} from '@dialtone/contracts';

/** One record as it is sent. */
export interface OutgoingRecord {
  readonly topic: TopicName;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The parts of a received record that matter here; a kafkajs message fits. */
export interface IncomingRecord {
  readonly key?: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
}
type HeaderValue = Buffer | string;

export type DecodedEvent =
  { readonly ok: true; readonly event: AnyLoggedEvent } | { readonly ok: false; readonly reason: string };

const HEADER = RECORD_HEADERS;
const KNOWN_TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);

/** `<connection_id>/<key>`; the connection's or webhook's id alone for events about one of them. */
export const recordKeyOf = (event: AnyLoggedEvent): string => {
  if (event.connection_id === null) return event.data.webhook_id;
  return event.key === null ? event.connection_id : `${event.connection_id}/${event.key}`;
};

/** CloudEvents 1.0, Kafka protocol binding, binary content mode. Throws for a type that this version does not know. */
export const toKafkaRecord = (event: AnyLoggedEvent): OutgoingRecord => {
  // A newer version may have logged it during a roll-out: stop here rather than drop it.
  if (!KNOWN_TYPES.has(event.type)) throw new Error(`Event ${event.event_id} has an unknown type: ${event.type}`);
  return {
    topic: TOPIC_OF[event.type],
    key: recordKeyOf(event),
    value: JSON.stringify(event.data),
    headers: headersOf(event),
  };
};

/** Binary mode: the content type is Kafka's own header, every other attribute has a prefix. */
const headersOf = (event: AnyLoggedEvent): OutgoingRecord['headers'] => {
  // Filled in place: it is made for every record.
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(cloudEventAttributes(event)) as [string, string][]) {
    headers[name === 'datacontenttype' ? HEADER.contentType : `ce_${name}`] = value;
  }
  if (event.traceparent !== undefined) {
    headers[HEADER.traceparent] = event.traceparent;
    headers[HEADER.trace] = event.traceparent;
  }
  return headers;
};

/** The inverse of `toKafkaRecord`. Rejects records that are no event of ours; does not validate the data against its schema. */
export const fromKafkaRecord = (record: IncomingRecord): DecodedEvent => {
  const type = headerOf(record, HEADER.type);
  const id = headerOf(record, HEADER.id);
  if (type === null || !isOutbound(type)) return { ok: false, reason: `unknown ${HEADER.type}: ${type ?? 'missing'}` };
  if (id === null) return { ok: false, reason: `${HEADER.id} is missing` };
  const data = objectIn(record.value);
  if (data === null || !isAboutSomething(data)) return { ok: false, reason: 'the value is not event data' };
  const { connection_id = null, key = null, seq = null } = data;
  const told = { event_id: id, type, connection_id, key, seq, data };
  return { ok: true, event: { ...told, ...traceOf(record) } as unknown as AnyLoggedEvent };
};

const traceOf = (record: IncomingRecord): { readonly traceparent?: string } => {
  const traceparent = headerOf(record, HEADER.traceparent);
  return traceparent === null ? {} : { traceparent };
};

const isAboutSomething = (data: Readonly<Record<string, unknown>>): boolean =>
  typeof (data['connection_id'] ?? data['webhook_id']) === 'string';

/** First value of a header as text. */
export const headerOf = (record: Pick<IncomingRecord, 'headers'>, name: string): string | null => {
  const value = record.headers?.[name];
  const first = Array.isArray(value) ? (value as readonly HeaderValue[])[0] : (value as HeaderValue | undefined);
  return first === undefined ? null : first.toString();
};

/** The JSON object in a value, or null when there is none. */
export const objectIn = (value: IncomingRecord['value']): Readonly<Record<string, unknown>> | null => {
  if (value === null) return null;
  try {
    const parsed: unknown = JSON.parse(value.toString());
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
};

const isOutbound = (type: string): type is EventType =>
  KNOWN_TYPES.has(type) && TOPIC_OF[type as EventType] !== INBOUND;
const INBOUND: TopicName = TOPIC_OF['dialtone.reconcile.requested.v1'];
