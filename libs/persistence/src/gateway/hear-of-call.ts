import type { HeardOfCall } from '@dialtone/domain';
import { heardTurn } from '@dialtone/engine';
import { firstRow, type Queryable, text, timeOf } from '../db';
import { appendChange } from '../events/append-change';
import { CALL_COLUMNS, identityOf, knownOf, type StoredCall } from './call-rows';
import type { HeardResult } from './call-store';

/** Locks the call: what is heard of it at once is merged one after another. */
export const lockCall = (tx: Queryable, callId: string): Promise<StoredCall | null> =>
  firstRow<StoredCall>(tx, `select ${CALL_COLUMNS} from calls where id = $1 for no key update`, [callId]);

/** Merges into the locked call, and tells of it. */
export const mergeHeard = async (tx: Queryable, call: StoredCall, heard: HeardOfCall): Promise<HeardResult> => {
  const before = knownOf(call);
  const turn = heardTurn({ ...identityOf(call), known: before }, cleaned(heard), await timeOf(tx));
  const { status, carrierId, answeredAt, endedAt, durationSeconds, errorMessage } = turn.known;
  await tx.query(UPDATE, [
    ...[call.id, status, carrierId, answeredAt, endedAt, durationSeconds, errorMessage],
    ...[turn.watch.lookInMs, turn.watch.activeForMs, turn.isOver, turn.isHeard, turn.isNew],
  ]);
  await appendChange(tx, { events: turn.events });
  return { kind: turn.isNew ? 'noted' : 'known', before: before.status, status, end: turn.end };
};

const UPDATE = `
  update calls
     set status = $2, carrier_id = $3, answered_at = to_timestamp($4::float8 / 1000), ended_at = to_timestamp($5::float8 / 1000),
         duration_seconds = $6, error_message = $7,
         look_due_at = case when $11 then now() + $8::float8 * interval '1 ms' else look_due_at end,
         active_until = now() + $9::float8 * interval '1 ms',
         variables = case when $10 then null else variables end,
         heard_at = case when $11 then now() else heard_at end,
         looks = case when $11 then 0 else looks end,
         lost_at = case when $11 then null else lost_at end,
         updated_at = case when $12 then now() else updated_at end
   where id = $1`;

/** What a text column refuses is replaced before it is compared with what is stored. */
const cleaned = (heard: HeardOfCall): HeardOfCall => ({
  ...heard,
  carrierId: typeof heard.carrierId === 'string' ? text(heard.carrierId) : null,
  error: typeof heard.error === 'string' ? text(heard.error) : null,
});
