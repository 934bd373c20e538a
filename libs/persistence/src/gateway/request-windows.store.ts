import type { RequestWindows, WindowUse } from './request-windows';
import { firstRow, ms, type Queryable } from '../db';

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

export class RequestWindowStore implements RequestWindows {
  constructor(private readonly db: Queryable) {}

  async count(apiKeyId: string, bucket: string, windowMs: number): Promise<WindowUse> {
    const row = await firstRow<{ used: number; left: number }>(this.db, COUNT, [apiKeyId, bucket, windowMs]);
    if (row === null) throw new Error('An upsert without a condition returns its row.');
    return { used: row.used, resetMs: Math.max(1, row.left) };
  }
}
