import type { Database } from './database';

/** For metrics: the same in each replica. */
export interface Counts {
  readonly openDrifts: number;
  readonly unsent: readonly { readonly receiver: string; readonly count: number; readonly oldestSeconds: number }[];
}

const OPEN = `select count(*)::float8 as count from numbers where drift_id is not null`;
/** A receiver without messages has a sample, too. */
const UNSENT = `
  select r.name as receiver, count(o.id)::float8 as count,
         coalesce(extract(epoch from now() - min(o.created_at)), 0)::float8 as "oldestSeconds"
    from receivers r left join outbox o on o.receiver = r.name and o.finished_at is null
   group by r.name order by r.name`;

export const readCounts = (database: Database): Promise<Counts> =>
  database.alone(async (session) => {
    const [open] = await session.rows<{ readonly count: number }>(OPEN);
    return { openDrifts: open?.count ?? 0, unsent: await session.rows(UNSENT) };
  });
