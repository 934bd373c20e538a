import { LANE_SHARE, type RateBudget, type RateRequest } from '@dialtone/engine';
import { firstRow, ms, type Queryable } from '../db';

/**
 * GCRA: `tat` is when the credential would be idle again. A request moves it by one interval, and is allowed while it
 * stays within the lane's part of the burst. What is refused writes nothing and is told how long to wait.
 */
const TAKE = `
  with taken as (
    insert into gcra as g (credential, tat) values ($1, now() + $2 * interval '1 millisecond')
    on conflict (credential) do update set tat = greatest(g.tat, now()) + $2 * interval '1 millisecond'
      where g.blocked_until <= now()
        and greatest(g.tat, now()) + ($2 - $3) * interval '1 millisecond' <= now()
    returning 1
  )
  select 0::float8 as wait from taken
  union all
  select ceil(greatest(1, ${ms('g.tat')} + $2 - $3 - ${ms('now()')}, ${ms('g.blocked_until')} - ${ms('now()')}))::float8
    from gcra g where g.credential = $1 and not exists (select 1 from taken)`;

export class RateBudgetStore implements RateBudget {
  constructor(private readonly db: Queryable) {}

  async take(credential: string, request: RateRequest): Promise<number> {
    const intervalMs = 1_000 / request.ratePerSecond;
    // At least one interval, or a small burst would lock a low lane out for good.
    const toleranceMs = intervalMs * Math.max(1, request.burst * LANE_SHARE[request.lane]);
    const row = await firstRow<{ wait: number }>(this.db, TAKE, [credential, intervalMs, toleranceMs]);
    // No row: another process inserted this credential's first row just now.
    return row?.wait ?? 1;
  }

  async penalize(credential: string, forMs: number): Promise<void> {
    await this.db.query(
      `insert into gcra as g (credential, tat, blocked_until) values ($1, now(), now() + $2 * interval '1 millisecond')
       on conflict (credential) do update set blocked_until = greatest(g.blocked_until, excluded.blocked_until)`,
      [credential, forMs],
    );
  }
}
