import type { ConnectionId } from '@dialtone/domain';
import type { StoredSummary } from '@dialtone/engine';
import { type Queryable, rows } from '../db';
import { LISTED_ELSEWHERE } from './key-rows';

/** Everything stored that the judgement of a key depends on, as text. A row's text quotes strings, so null differs from 'null'. */
const FACTS = `row(d.key, p.key, d.state, d.stale, d.presence, d.digest, d.advisories, b.agent_id, b.client_id,
  b.bot_name, b.websocket_url, b.made_bot_id, p.id, a.id,
  ${LISTED_ELSEWHERE})::text`;

const SUMMARY = `
  select right(key, $2) as bucket, md5(string_agg(facts, '' order by key)) as fingerprint,
         count(*)::int as keys, count(declared)::int as declared
    from (
      select coalesce(d.key, p.key) as key, b.agent_id as declared, md5(${FACTS}) as facts
        from (select * from dids where connection_id = $1) d
        full join (select * from phone_numbers where connection_id = $1) p on p.key = d.key
        left join agents a on a.id = p.agent_id and a.deleted_at is null
        left join bindings b on b.connection_id = $1 and b.key = d.key and b.releasing is null
    ) known
   group by 1`;

interface SummaryRow {
  readonly bucket: string;
  readonly fingerprint: string;
  readonly keys: number;
  readonly declared: number;
}

/** Computed in the database: rows need not be transferred to find that none of them changed. */
export const summarize = async (
  db: Queryable,
  connectionId: ConnectionId,
  bucketDigits: number,
): Promise<StoredSummary> => {
  const buckets = await rows<SummaryRow>(db, SUMMARY, [connectionId, bucketDigits]);
  return {
    fingerprints: new Map(buckets.map(({ bucket, fingerprint }) => [bucket, fingerprint])),
    keys: buckets.reduce((sum, { keys }) => sum + keys, 0),
    declared: buckets.reduce((sum, { declared }) => sum + declared, 0),
  };
};
