import type { CloudEventAttributes } from './cloud-event';
import { EVENT_SCHEMAS } from './event-schemas';
import { EVENTS } from './event-types';
import { type EventDataByType, OUTBOUND_EVENT_TYPES, type OutboundEventType } from './events';
import { type Fault, faultIn } from './fault-in';
import { headerValuesIn, textIn } from './read-bytes';
import { headersSchemaOf, RECORD_HEADERS } from './record-format';

/** An event as it was received: a switch over `type` narrows `data`. */
export type ReceivedEvent = {
  readonly [Type in OutboundEventType]: CloudEventAttributes & {
    readonly type: Type;
    readonly data: EventDataByType[Type];
    /** The trace that made it true (W3C Trace Context). */
    readonly traceparent?: string;
    /** RFC 3339: an operator sent it once more then. */
    readonly replayedAt?: string;
  };
}[OutboundEventType];

export type ParsedEvent =
  | { readonly kind: 'known'; readonly event: ReceivedEvent }
  /**
   * Of a later version of the contracts: pass over it. `newerVersionOf` is the type that this version knows instead, which
   * comes beside it for as long as both are published; null for a type that is new.
   */
  | {
      readonly kind: 'unknown';
      readonly type: string;
      readonly id: string | null;
      readonly newerVersionOf: OutboundEventType | null;
    }
  /** No event of Dialtone, however late the version: set it aside. `path` as in `headers.ce_type` and `data.issues[0]`. */
  | ({ readonly kind: 'broken' } & Fault);

const HEADER = RECORD_HEADERS;
const broken = (path: string, reason: string): ParsedEvent => ({ kind: 'broken', path, reason });

const isOutbound = (type: string): type is OutboundEventType =>
  Object.hasOwn(EVENTS, type) && (OUTBOUND_EVENT_TYPES as readonly string[]).includes(type);

const familyOf = (type: string): string => type.replace(/[.]v\d+$/, '');
const unknown = (type: string, id: string | null): ParsedEvent => ({
  kind: 'unknown',
  type,
  id,
  newerVersionOf: OUTBOUND_EVENT_TYPES.find((known) => familyOf(known) === familyOf(type)) ?? null,
});

interface Texts {
  readonly texts: Readonly<Record<string, string>>;
  readonly fault: Fault | null;
}
/** The headers of ours; others may be of any bytes. */
const textsIn = (headers: unknown): Texts => {
  const values = headerValuesIn(headers);
  const texts: Record<string, string> = {};
  for (const name of Object.values(HEADER)) {
    if (!values.has(name)) continue;
    const text = textIn(values.get(name));
    if (text === null) return { texts, fault: { path: `headers.${name}`, reason: 'expected text in UTF-8' } };
    texts[name] = text;
  }
  return { texts, fault: null };
};

type Value = { readonly data: unknown } | Fault;
/** Some clients read JSON themselves. */
const dataIn = (value: unknown): Value => {
  if (value === null || value === undefined) return { path: 'data', reason: 'is missing: the record has no value' };
  const text = textIn(value);
  if (text === null)
    return ArrayBuffer.isView(value) || value instanceof ArrayBuffer
      ? { path: 'data', reason: 'expected text in UTF-8' }
      : { data: value };
  try {
    return { data: JSON.parse(text) as unknown };
  } catch {
    return { path: 'data', reason: 'expected JSON' };
  }
};

const attribute = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [name]: value };

const received = (type: OutboundEventType, texts: Texts['texts'], data: unknown): ReceivedEvent => {
  const event = {
    specversion: texts[HEADER.specVersion],
    id: texts[HEADER.id],
    type,
    source: texts[HEADER.source],
    time: texts[HEADER.time],
    dataschema: texts[HEADER.dataSchema],
    datacontenttype: texts[HEADER.contentType],
    ...attribute('subject', texts[HEADER.subject]),
    ...attribute('sequence', texts[HEADER.sequence]),
    ...attribute('traceparent', texts[HEADER.traceparent] ?? texts[HEADER.trace]),
    ...attribute('replayedAt', texts[HEADER.replayedAt]),
    data,
  };
  // All of it was held against the schemas of this type.
  return event as unknown as ReceivedEvent;
};

/**
 * Reads a record of Dialtone as any client of Kafka hands it over: headers and value as bytes or text, the value also as what its
 * JSON says. Never throws. What comes is one of three: an event that is as its schemas say, one of a type that a later version has
 * added, or broken, with the place and the reason.
 */
export const parseEvent = (headers: unknown, value: unknown): ParsedEvent => {
  const { texts, fault } = textsIn(headers);
  if (fault !== null) return { kind: 'broken', ...fault };
  const type = texts[HEADER.type];
  if (type === undefined) return broken(`headers.${HEADER.type}`, 'is missing');
  if (!isOutbound(type)) return unknown(type, texts[HEADER.id] ?? null);
  const inHeaders = faultIn(headersSchemaOf(type), texts, 'headers');
  if (inHeaders !== null) return { kind: 'broken', ...inHeaders };
  const read = dataIn(value);
  if (!('data' in read)) return { kind: 'broken', ...read };
  const inData = faultIn(EVENT_SCHEMAS[type], read.data, 'data');
  return inData === null ? { kind: 'known', event: received(type, texts, read.data) } : { kind: 'broken', ...inData };
};

const headerOf = (name: string): string => (name === 'datacontenttype' ? HEADER.contentType : `ce_${name}`);

/** The same for an event in structured mode, as the API and webhooks have it: the JSON object, or its bytes. `path` as of `parseEvent`. */
export const parseCloudEvent = (event: unknown): ParsedEvent => {
  const read = dataIn(event);
  if (!('data' in read)) return { kind: 'broken', ...read };
  if (typeof read.data !== 'object' || read.data === null) return broken('data', 'expected an object');
  const { data, ...attributes } = read.data as Readonly<Record<string, unknown>>;
  const headers = Object.entries(attributes).map(([name, value]) => [headerOf(name), value]);
  // A text is data of another kind here, and no JSON to be read once more.
  return typeof data === 'string' ? broken('data', 'expected object, got text') : parseEvent(headers, data);
};
