import type { NewEvent } from '@dialtone/contracts';
import { json, type Queryable, WAKE_CHANNEL } from '../db';

/**
 * Transactional outbox: inserts events in the given order, in the transaction of their change, and wakes the readers at
 * commit. The caller has locked each event's DID (or connection), so that ids of one DID are in its order.
 */
export const appendEvents = async (db: Queryable, events: readonly NewEvent[]): Promise<void> => {
  if (events.length === 0) return;
  await db.query(
    `with logged as (
       insert into event_log (type, partner_id, connection_id, key, seq, data)
       select type, partner_id, connection_id, key, seq, data
         from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::jsonb[])
           with ordinality as e (type, partner_id, connection_id, key, seq, data, nth)
        order by nth
     ) select pg_notify('${WAKE_CHANNEL}', '')`,
    [
      events.map((event) => event.type),
      events.map((event) => event.data.partner_id),
      events.map((event) => event.connection_id),
      events.map((event) => event.key),
      events.map((event) => event.seq),
      events.map((event) => json(event.data)),
    ],
  );
};
