import type { ConnectionId, DidKey } from '@dialtone/domain';
import { currentTraceparent } from '@dialtone/tracing';
import { type Queryable, rows, wake } from '../db';

/**
 * Makes bindings due now and counts the trigger, so that a running reconcile is followed by another one. Without `keys`:
 * all bindings of the connection that have not settled. Locks rows in key order, as everywhere.
 */
export const triggerBindings = async (
  db: Queryable,
  target: { readonly connectionId: ConnectionId; readonly keys?: readonly DidKey[] },
): Promise<number> => {
  if (target.keys?.length === 0) return 0;
  const triggered = await rows(
    db,
    `with target as (
       select id from bindings
        where connection_id = $1 and ($2::text[] is null and outcome <> 'settled' or key = any($2::text[]))
        order by key for no key update
     )
     update bindings b set due_at = least(due_at, now()), trigger_seq = trigger_seq + 1, stalls = 0,
            traceparent = coalesce($3, traceparent)
       from target where b.id = target.id returning 1`,
    [target.connectionId, target.keys ?? null, currentTraceparent()],
  );
  if (triggered.length > 0) await wake(db);
  return triggered.length;
};
