import type {
  BindingDeclarationData,
  BindingStatusData,
  DriftChangedData,
  DriftDetectedData,
  DriftResolvedData,
  ReadinessChangedData,
  ReconcileRequestedData,
  WarningData,
  WritesHeldData,
  WritesResumedData,
} from './event-data';

/** Event type (the CloudEvents `type`) to the shape of its data. A breaking change is a new name ending in the next version. */
export interface EventDataByType {
  'dialtone.drift.detected.v1': DriftDetectedData;
  'dialtone.drift.changed.v1': DriftChangedData;
  'dialtone.drift.resolved.v1': DriftResolvedData;
  'dialtone.readiness.changed.v1': ReadinessChangedData;
  'dialtone.binding.declared.v1': BindingDeclarationData;
  'dialtone.binding.updated.v1': BindingDeclarationData;
  'dialtone.binding.deleted.v1': BindingDeclarationData;
  'dialtone.binding.status.v1': BindingStatusData;
  'dialtone.warning.raised.v1': WarningData;
  'dialtone.warning.cleared.v1': WarningData;
  'dialtone.writes.held.v1': WritesHeldData;
  'dialtone.writes.resumed.v1': WritesResumedData;
  'dialtone.reconcile.requested.v1': ReconcileRequestedData;
}

export type EventType = keyof EventDataByType;

/** The one type that others send to Dialtone. */
export const RECONCILE_REQUESTED = 'dialtone.reconcile.requested.v1';

/** What Dialtone itself logs and publishes. */
export type OutboundEventType = Exclude<EventType, typeof RECONCILE_REQUESTED>;

/**
 * One logged event. `event_id` is a UUID and stays the same however often the event is delivered. `key` and `seq` are
 * null for events about a connection; otherwise they repeat `data.key` and `data.seq`.
 */
export type LoggedEventOf<Type extends OutboundEventType> = {
  readonly [T in Type]: {
    readonly event_id: string;
    readonly type: T;
    readonly connection_id: string;
    readonly key: string | null;
    readonly seq: number | null;
    readonly data: EventDataByType[T];
  };
}[Type];

export type AnyLoggedEvent = LoggedEventOf<OutboundEventType>;

type WithoutId<E> = E extends unknown ? Omit<E, 'event_id'> : never;

/** An event that is about to be logged: the log gives it its id. */
export type NewEvent = WithoutId<AnyLoggedEvent>;

/** A row of the event log. `position` is gap-free and ordered: all cursors move along it. */
export type StoredEvent = AnyLoggedEvent & {
  readonly position: bigint;
  readonly created_at: Date;
};
