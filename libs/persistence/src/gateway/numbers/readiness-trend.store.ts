import type { DataSource } from 'typeorm';
import { rows, withLongStatements } from '../../db';
import { IS_DECLARED, staleNow } from './number-conditions';
import type { ReadinessTrend as ReadinessTrendContract, TrendPoint } from './readiness-trend';

/** Counts what the summary counts, and writes only what has changed. Rows are locked in one order, whoever counts. */
const COUNT = `
  insert into readiness_counts as r (step, at, connection_id, partner_id, numbers, declared, stale, states)
  select s.step, date_trunc(s.step, now(), 'UTC'), g.connection_id, g.partner_id,
         sum(g.numbers), sum(g.declared), sum(g.stale), jsonb_object_agg(g.state, g.numbers)
    from (select d.connection_id, c.partner_id, d.state, count(*) as numbers, count(*) filter (where ${IS_DECLARED}) as declared,
                 count(*) filter (where ${staleNow('$1')}) as stale
            from dids d join connections c on c.id = d.connection_id
            left join bindings b on b.connection_id = d.connection_id and b.key = d.key
           group by 1, 2, 3) g
   cross join unnest(array['day', 'hour']) as s (step)
   group by s.step, g.connection_id, g.partner_id order by s.step, g.connection_id
  on conflict (step, at, connection_id) do update
    set numbers = excluded.numbers, declared = excluded.declared, stale = excluded.stale, states = excluded.states
    where (r.numbers, r.declared, r.stale, r.states)
          is distinct from (excluded.numbers, excluded.declared, excluded.stale, excluded.states)`;

const POINTS = `
  with counted as materialized (
    select at, numbers, declared, stale, states from readiness_counts
     where partner_id = $1 and step = $2 and at >= date_trunc('day', now(), 'UTC') - ($3 - 1) * interval '1 day'
       and ($4::uuid is null or connection_id = $4)
  ), by_state as (
    select g.at, jsonb_object_agg(g.state, g.count) as states
      from (select c.at, s.key as state, sum(s.value::int)::float8 as count
              from counted c cross join lateral jsonb_each_text(c.states) s group by 1, 2) g
     group by 1
  ), totals as (
    select at, sum(numbers)::float8 as numbers, sum(declared)::float8 as declared, sum(stale)::float8 as stale
      from counted group by 1
  )
  select t.*, coalesce(s.states, '{}') as states from totals t left join by_state s using (at) order by at`;

const PRUNE = `
  delete from readiness_counts r using (
    select step, at, connection_id from readiness_counts
     where step = $1 and at < date_trunc('day', now(), 'UTC') - $2 * interval '1 day' limit $3) old
   where (r.step, r.at, r.connection_id) = (old.step, old.at, old.connection_id) returning 1`;

export class ReadinessTrend implements ReadinessTrendContract {
  constructor(private readonly ds: DataSource) {}

  async count({ freshForMs }: Parameters<ReadinessTrendContract['count']>[0]): Promise<void> {
    await withLongStatements(this.ds, (tx) => tx.query(COUNT, [freshForMs]));
  }

  async prune({ step, olderThanDays, limit }: Parameters<ReadinessTrendContract['prune']>[0]): Promise<number> {
    return (await rows(this.ds, PRUNE, [step, olderThanDays, limit])).length;
  }

  points({
    partnerId,
    connectionId,
    step,
    days,
  }: Parameters<ReadinessTrendContract['points']>[0]): Promise<readonly TrendPoint[]> {
    return rows<TrendPoint>(this.ds, POINTS, [partnerId, step, days, connectionId ?? null]);
  }
}
