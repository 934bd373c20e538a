import type { StoredEvent } from '@dialtone/contracts';

export const EVENT_COLUMNS = 'position, event_id, type, connection_id, key, seq, data, created_at, traceparent';

export type EventRow = Omit<StoredEvent, 'position' | 'seq' | 'traceparent'> & {
  readonly position: string;
  readonly seq: string | null;
  readonly traceparent: string | null;
};

/** Of rows of which one without an event stands for none. */
export const eventsIn = (found: readonly EventRow[]): StoredEvent[] =>
  found.filter(({ event_id: id }) => (id as string | null) !== null).map(toEvent);

export const toEvent = ({
  position,
  event_id,
  type,
  connection_id,
  key,
  seq,
  data,
  created_at,
  traceparent,
}: EventRow): StoredEvent =>
  ({
    position: BigInt(position),
    event_id,
    type,
    connection_id,
    key,
    seq: seq === null ? null : Number(seq),
    data,
    created_at,
    ...(traceparent !== null && { traceparent }),
  }) as StoredEvent;
