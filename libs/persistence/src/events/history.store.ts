import { writeOutcomes, type History, type HistoryEntry, type HistoryRecord, type WriteState } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { ms, rows } from '../db';

interface HistoryRow extends HistoryEntry {
  readonly id: string;
  readonly at: number;
  readonly answer: HistoryRecord['answer'];
  /** Null: it is no write. */
  readonly state: WriteState | null;
  readonly finishedAt: number | null;
  readonly resolvedAt: number | null;
}

const COLUMNS = `h.id, ${ms('h.at')} as at, h.partner_id as "partnerId", h.connection_id as "connectionId", h.key, h.kind, h.actor,
  h.manager, h.request_id as "requestId", h.before, h.after, w.state, w.answer,
  ${ms('w.finished_at')} as "finishedAt", ${ms('w.resolved_at')} as "resolvedAt"`;

const toRecord = ({ state, finishedAt, resolvedAt, ...row }: HistoryRow): HistoryRecord => ({
  ...row,
  outcomes: state === null ? [] : writeOutcomes({ state, finishedAt, resolvedAt }),
});

/** The statement has only the needed conditions, so that each selection is read in the order of its index. */
const conditionsOf = ({
  partnerId,
  connectionId,
  key,
  kinds,
  actor,
  from,
  to,
  before,
}: Parameters<History['read']>[0]): readonly (readonly [sql: (at: string) => string, value: unknown])[] => [
  [(at) => `h.partner_id = ${at}`, partnerId],
  [(at) => `h.connection_id = ${at}`, connectionId],
  [(at) => `h.key = ${at}`, key],
  [(at) => `h.kind = any(${at}::text[])`, kinds],
  [(at) => `h.actor = ${at}`, actor],
  [(at) => `h.at >= ${instant(at)}`, from],
  [(at) => `h.at < ${instant(at)}`, to],
  [
    (at) => `(h.at, h.id) < (${instant(`split_part(${at}, ' ', 1)`)}, split_part(${at}, ' ', 2)::bigint)`,
    positionOf(before),
  ],
];

/** One parameter for both. */
const positionOf = (before: Parameters<History['read']>[0]['before']): string | undefined =>
  before && `${String(before.at)} ${before.id}`;

const instant = (at: string): string => `to_timestamp(${at}::float8 / 1000)`;

export class HistoryStore implements History {
  constructor(private readonly ds: DataSource) {}

  async read(asked: Parameters<History['read']>[0]): Promise<readonly HistoryRecord[]> {
    const parameters: unknown[] = [asked.limit];
    const conditions = conditionsOf(asked).flatMap(([sql, value]) =>
      value === undefined ? [] : [sql(`$${String(parameters.push(value))}`)],
    );
    const found = await rows<HistoryRow>(
      this.ds,
      `select ${COLUMNS} from history h left join upstream_writes w on w.id = h.write_id
        where ${conditions.join(' and ')} order by h.at desc, h.id desc limit $1`,
      parameters,
    );
    return found.map(toRecord);
  }

  async prune({ olderThanMs, limit }: Parameters<History['prune']>[0]): Promise<number> {
    const pruned = await rows(
      this.ds,
      `delete from history where id in (select id from history order by id limit $2)
          and at < now() - $1 * interval '1 millisecond' returning 1`,
      [olderThanMs, limit],
    );
    return pruned.length;
  }
}
