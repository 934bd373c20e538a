import type { ConnectionId } from '@dialtone/domain';
import { NO_VERDICT, type VerdictEnd } from '@dialtone/engine';
import { json, type Queryable } from '../db';
import { appendChange } from '../events/append-change';

/** The caller holds the rows. Writes ended verdicts, with their events. */
export const writeEnds = async (tx: Queryable, id: ConnectionId, ends: readonly VerdictEnd[]): Promise<void> => {
  if (ends.length === 0) return;
  const { state, issues, stale, digest, advisories } = NO_VERDICT;
  await tx.query(
    `update dids d
        set state = $2, issues = $3, action_items = '[]', stale = $4, presence = u.presence, digest = $5, drift_id = null,
            drift_opened_at = null, drift_issues = null, advisories = $9, flap = null, flaps_until = null, event_seq = u.event_seq,
            ready_since = coalesce(to_timestamp(u.ready_since / 1000), d.ready_since),
            fresh_since = coalesce(to_timestamp(u.fresh_since / 1000), d.fresh_since)
       from unnest($6::text[], $7::bigint[], $8::jsonb[], $10::float8[], $11::float8[])
         as u (key, event_seq, presence, ready_since, fresh_since)
      where d.connection_id = $1 and d.key = u.key`,
    [
      id,
      state,
      json(issues),
      stale,
      digest,
      ends.map(({ after }) => after.stored.key),
      ends.map(({ after }) => after.eventSeq),
      ends.map(({ after }) => json(after.stored.presence)),
      json(advisories),
      ends.map(({ turns }) => turns.ready),
      ends.map(({ turns }) => turns.fresh),
    ],
  );
  await appendChange(tx, {
    events: ends.flatMap(({ events }) => events),
    history: ends.flatMap(({ history }) => history),
  });
};
