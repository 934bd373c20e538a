import { EVENTS } from './event-types';
import type { TopicName } from './topics';

/** Event type to the shape of its data. */
export type EventDataByType = { readonly [Type in keyof typeof EVENTS]: (typeof EVENTS)[Type]['example'] };

export type EventType = keyof typeof EVENTS;
export const EVENT_TYPES = Object.keys(EVENTS) as readonly EventType[];

const ofEach = <Value>(valueOf: (type: EventType) => Value): Readonly<Record<EventType, Value>> =>
  Object.fromEntries(EVENT_TYPES.map((type) => [type, valueOf(type)])) as Record<EventType, Value>;

/** Where each event type goes. */
export const TOPIC_OF: Readonly<Record<EventType, TopicName>> = ofEach((type) => EVENTS[type].topic);

/** One whole story of a DID, an example per event type. */
export const EVENT_EXAMPLES = ofEach((type) => EVENTS[type].example) as EventDataByType;

/** The one type that others send to Dialtone. */
export const RECONCILE_REQUESTED = 'dialtone.reconcile.requested.v1';

/** What Dialtone itself logs and publishes. */
export type OutboundEventType = Exclude<EventType, typeof RECONCILE_REQUESTED>;
export const OUTBOUND_EVENT_TYPES = EVENT_TYPES.filter(
  (type): type is OutboundEventType => type !== RECONCILE_REQUESTED,
);

/** The topics of these types. */
export const OUTBOUND_TOPICS: readonly TopicName[] = [...new Set(OUTBOUND_EVENT_TYPES.map((type) => TOPIC_OF[type]))];

/**
 * One logged event. `event_id` is a UUID and stays the same however often the event is delivered. `key` and `seq` are
 * null for events about a connection or a webhook; otherwise they repeat `data.key` and `data.seq`. `connection_id` is null for
 * events about a webhook.
 */
export type LoggedEventOf<Type extends OutboundEventType> = {
  readonly [T in Type]: {
    readonly event_id: string;
    readonly type: T;
    readonly connection_id: EventDataByType[T] extends { readonly connection_id: string } ? string : null;
    readonly key: string | null;
    readonly seq: number | null;
    readonly data: EventDataByType[T];
    /** The trace that made it true (W3C Trace Context); absent while nothing is traced. */
    readonly traceparent?: string;
  };
}[Type];

export type AnyLoggedEvent = LoggedEventOf<OutboundEventType>;

type WithoutId<E> = E extends unknown ? Omit<E, 'event_id' | 'traceparent'> : never;

/** An event that is about to be logged: the log gives it its id. */
export type NewEvent = WithoutId<AnyLoggedEvent>;

/** A row of the event log. `position` is gap-free and ordered: all cursors move along it. */
export type StoredEvent = AnyLoggedEvent & {
  readonly position: bigint;
  readonly created_at: Date;
};
