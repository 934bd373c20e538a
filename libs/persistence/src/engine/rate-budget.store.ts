import { heldMs, LANE_FLOOR, lanePart, type RateBudget, type RateGrant, type RateRequest } from '@dialtone/engine';
import { firstRow, type Queryable, rows } from '../db';

interface Taken {
  readonly granted: number;
  readonly wait: number;
}

/** SQL: milliseconds from now to an instant. */
const untilMs = (instant: string): string =>
  `(extract(epoch from ${instant}) - extract(epoch from now()))::float8 * 1000`;

/** When a lane last got a request; null for the user lane, which has no floor. */
const SERVED_AT = `case $5 when 'repair' then g.repair_at when 'sweep' then g.sweep_at end`;
/** Requests that are held for lanes above. */
const HELD = `case $5
  when 'repair' then (g.user_until > now())::int
  when 'sweep' then (g.user_until > now())::int + (g.repair_until > now())::int
  else 0 end`;
/** How many intervals the credential is ahead of its rate, or will be. */
const AHEAD = `(greatest(0, ${untilMs('g.tat')}) / $2::float8 + ${HELD})`;
/** Until the lane's floor gives it a request; null for a lane without one. */
const FLOOR_IN = `${untilMs(SERVED_AT)} + $6::float8`;
/** How many more the lane's part of the burst holds. The small summand keeps 333.33 * 3 from being less than 1000. */
const ROOM = `floor($3::float8 - ${AHEAD} + 1e-6)`;
/** Those that wait ($4), and of those that follow ($7) what half of the room that is left has. */
const WANTED = `$4::int + least($7::int, greatest(0, floor((${ROOM} - $4::int) / 2)))`;
const COUNT = `least(${WANTED}, greatest(${ROOM}, case when ${FLOOR_IN} <= 0 then 1 else 0 end))::int`;

/** How long one who gets nothing waits. */
const WAIT = `ceil(greatest(1, ${untilMs('g.blocked_until')}, least((${AHEAD} - $3::float8 + 1) * $2::float8, ${FLOOR_IN})))`;
/** Until when the next request is held for the lane ($8, ms, beyond its time); nothing is when all have their turn. */
const HELD_UNTIL = `case when $8::float8 is null or ${COUNT} >= $4::int then '-infinity'::timestamptz
  else now() + (case when ${COUNT} > 0 then $2::float8 else ${WAIT} end + $8::float8) * interval '1 millisecond' end`;

/**
 * GCRA: `tat` is when the credential would be idle again. Each request moves it by one interval ($2, ms). Grants as many as
 * keep it within the lane's part of the burst ($3), or one when the lane got none for its floor ($6, ms). A refusal writes
 * and locks nothing, unless the next request is held for the lane, and returns how long to wait.
 */
const TAKE = `
  with taken as (
    update gcra g
       set tat = greatest(g.tat, now()) + ${COUNT} * $2::float8 * interval '1 millisecond', granted = ${COUNT},
           repair_at = case when $5 = 'repair' and ${COUNT} > 0 then now() else g.repair_at end,
           sweep_at = case when $5 = 'sweep' then now() else g.sweep_at end,
           user_until = case $5 when 'user' then ${HELD_UNTIL} else g.user_until end,
           repair_until = case $5 when 'repair' then ${HELD_UNTIL} else g.repair_until end
     where g.credential = $1 and g.blocked_until <= now() and (${COUNT} > 0 or $8::float8 is not null)
    returning granted, case when granted > 0 then 0 else ${WAIT} end as wait
  )
  select granted, wait from taken
  union all
  select 0, ${WAIT}
    from gcra g where g.credential = $1 and not exists (select 1 from taken)`;

/** After a partial grant, the next request is an interval away. */
const waitAfter = ({ granted, wait }: Taken, count: number, intervalMs: number): number => {
  if (granted >= count) return 0;
  return granted > 0 ? Math.ceil(intervalMs) : wait;
};

const ADD = `insert into gcra (credential, tat) values ($1, now()) on conflict (credential) do nothing`;
const BLOCKED = `select greatest(0, ceil(${untilMs('blocked_until')})) as wait from gcra where credential = $1`;

export class RateBudgetStore implements RateBudget {
  constructor(private readonly db: Queryable) {}

  async take(credential: string, request: RateRequest): Promise<RateGrant> {
    if (request.ratePerSecond === 0) return this.takeUnlimited(credential, request.count + (request.ahead ?? 0));
    const { ratePerSecond, burst, lane, count, ahead = 0 } = request;
    const intervalMs = 1_000 / ratePerSecond;
    const floor = LANE_FLOOR[lane];
    const parameters = [
      credential,
      intervalMs,
      lanePart(lane, burst),
      count,
      lane,
      floor === null ? null : intervalMs / floor,
      ahead,
      heldMs(lane, burst),
    ];
    for (;;) {
      const row = await firstRow<Taken>(this.db, TAKE, parameters);
      if (row !== null) return { granted: row.granted, waitMs: waitAfter(row, count, intervalMs) };
      await this.db.query(ADD, [credential]);
    }
  }

  async penalize(credential: string, forMs: number): Promise<void> {
    await this.db.query(
      `insert into gcra as g (credential, tat, blocked_until) values ($1, now(), now() + $2 * interval '1 millisecond')
       on conflict (credential) do update set blocked_until = greatest(g.blocked_until, excluded.blocked_until)`,
      [credential, forMs],
    );
  }

  async forget(idleMs: number): Promise<number> {
    const forgotten = await rows(
      this.db,
      `delete from gcra where greatest(tat, blocked_until) < now() - $1 * interval '1 millisecond' returning 1`,
      [idleMs],
    );
    return forgotten.length;
  }

  private async takeUnlimited(credential: string, count: number): Promise<RateGrant> {
    const row = await firstRow<{ wait: number }>(this.db, BLOCKED, [credential]);
    const waitMs = row?.wait ?? 0;
    return { granted: waitMs > 0 ? 0 : count, waitMs };
  }
}
