import type { ConnectionId } from '@dialtone/domain';
import { callsLimitedEvent } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { appendEvents } from '../events/append-events';
import type { RequestWindows, UsedUpWindow, WindowUse } from './request-windows';
import { firstRow, hit, ms, timeOf } from '../db';

/**
 * `now()` is when the statement began, so it may lie shortly before the start of a window that a concurrent request has
 * opened. If it lies more than a whole window before, the clock was set back.
 */
const OVER = `(now() >= w.started_at + $3 * interval '1 millisecond' or now() < w.started_at - $3 * interval '1 millisecond')`;

const COUNT = `
  insert into request_windows as w (api_key_id, bucket, started_at, used) values ($1, $2, now(), 1)
  on conflict (api_key_id, bucket) do update
    set started_at = case when ${OVER} then now() else w.started_at end,
        used = case when ${OVER} then 1 else w.used + 1 end
  returning used::float8 as used, ${ms('w.started_at')} + $3 - ${ms('now()')} as left`;

/** Not a window that another request has opened meanwhile. */
const TELL = `
  update request_windows set told_of = started_at
   where api_key_id = $1 and bucket = $2 and used > $3 and told_of is distinct from started_at
  returning 1`;

/** Every event is filed under a connection, and a minute of calls is of none. A partner without one can call nobody. */
const OLDEST_CONNECTION = `
  select id from connections where partner_id = $1 and status = 'ACTIVE' and deleted_at is null
   order by created_at, id limit 1`;

/** What does not fit changes nothing; one more statement tells how full the window is. */
const TAKE = `
  insert into request_windows as w (api_key_id, bucket, started_at, used) select $1, $2, now(), $4::int where $4::int <= $5::int
  on conflict (api_key_id, bucket) do update
    set started_at = case when ${OVER} then now() else w.started_at end,
        used = case when ${OVER} then $4::int else w.used + $4::int end
    where ${OVER} or w.used + $4::int <= $5::int
  returning used::float8 as used, ${ms('w.started_at')} + $3 - ${ms('now()')} as left,
    ${ms('w.started_at')} as started`;

const LOOK = `
  select case when ${OVER} then 0 else w.used end::float8 as used,
         case when ${OVER} then $3 else ${ms('w.started_at')} + $3 - ${ms('now()')} end as left
    from request_windows w where w.api_key_id = $1 and w.bucket = $2`;

const GIVE_BACK = `
  update request_windows set used = used - $3::int
   where api_key_id = $1 and bucket = $2 and used >= $3::int and ${ms('started_at')} = $4::float8`;

interface UseRow {
  readonly used: number;
  readonly left: number;
}

interface TakenRow extends UseRow {
  readonly started: number;
}

export class RequestWindowStore implements RequestWindows {
  constructor(private readonly db: DataSource) {}

  async count(apiKeyId: string, bucket: string, windowMs: number): Promise<WindowUse> {
    const row = await firstRow<UseRow>(this.db, COUNT, [apiKeyId, bucket, windowMs]);
    if (row === null) throw new Error('An upsert without a condition returns its row.');
    return { used: row.used, resetMs: Math.max(1, row.left) };
  }
  async tell({ partnerId, apiKeyId, bucket, limit, reason }: UsedUpWindow): Promise<void> {
    await this.db.transaction(async (tx) => {
      if (!(await hit(tx, TELL, [apiKeyId, bucket, limit]))) return;
      const filed = await firstRow<{ id: ConnectionId }>(tx, OLDEST_CONNECTION, [partnerId]);
      if (filed === null) return;
      await appendEvents(tx, [callsLimitedEvent({ partnerId, connectionId: filed.id, now: await timeOf(tx) }, reason)]);
    });
  }

  async take(
    apiKeyId: string,
    bucket: string,
    { amount, limit, windowMs }: Parameters<RequestWindows['take']>[2],
  ): ReturnType<RequestWindows['take']> {
    const taken = await firstRow<TakenRow>(this.db, TAKE, [apiKeyId, bucket, windowMs, amount, limit]);
    const row = taken ?? (await firstRow<UseRow>(this.db, LOOK, [apiKeyId, bucket, windowMs]));
    const { used, left } = row ?? { used: 0, left: windowMs };
    return { used, resetMs: Math.max(1, left), isTaken: taken !== null, startedAt: taken?.started ?? 0 };
  }

  async giveBack(
    apiKeyId: string,
    bucket: string,
    { amount, startedAt }: Parameters<RequestWindows['giveBack']>[2],
  ): Promise<void> {
    await this.db.query(GIVE_BACK, [apiKeyId, bucket, amount, startedAt]);
  }
}
