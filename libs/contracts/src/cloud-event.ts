import { type AnyLoggedEvent, type OutboundEventType, TOPIC_OF } from './events';
import { dataSchemaOf } from './event-schemas';

/** Context attributes of CloudEvents 1.0, as every way of delivery carries them. */
export interface CloudEventAttributes {
  readonly specversion: '1.0';
  /** UUID, the same however often and by whichever way the event is delivered. */
  readonly id: string;
  readonly type: OutboundEventType;
  /** `/voicelink/connections/<id>` or `/dialtone/webhooks/<id>`: the first word is that of the topic. */
  readonly source: string;
  /** The phone number in E.164; absent for events about a connection or a webhook. */
  readonly subject?: string;
  /** `data.occurred_at`. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Names the schema of the data: see `dataSchemaOf`. */
  readonly dataschema: string;
  /** `seq` in 20 digits, so that text order is number order; absent for events about a connection or a webhook. */
  readonly sequence?: string;
}

/** Structured content mode: the attributes and the data in one JSON object. */
export interface CloudEvent extends CloudEventAttributes {
  readonly data: AnyLoggedEvent['data'];
}

const SEQUENCE_DIGITS = 20;

const placeOf = (event: AnyLoggedEvent): string =>
  event.connection_id === null ? `webhooks/${event.data.webhook_id}` : `connections/${event.connection_id}`;

export const cloudEventAttributes = (event: AnyLoggedEvent): CloudEventAttributes => ({
  specversion: '1.0',
  id: event.event_id,
  type: event.type,
  source: `/${TOPIC_OF[event.type].replace(/[.].*/, '')}/${placeOf(event)}`,
  time: event.data.occurred_at,
  dataschema: dataSchemaOf(event.type),
  datacontenttype: 'application/json',
  ...('phone_number' in event.data ? { subject: event.data.phone_number } : {}),
  ...(event.seq === null ? {} : { sequence: String(event.seq).padStart(SEQUENCE_DIGITS, '0') }),
});

export const toCloudEvent = (event: AnyLoggedEvent): CloudEvent => ({
  ...cloudEventAttributes(event),
  data: event.data,
});
