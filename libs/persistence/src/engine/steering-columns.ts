import type { BindingMode, MaintenanceWindow, PauseOfNumber } from '@dialtone/domain';
import type { StoredSteering } from '@dialtone/engine';
import { ms } from '../db';

/** More pauses of one number than these are not looked at; the latest count. */
const LATEST_PAUSES = 16;

export interface SteeringRow {
  readonly steered_at: number;
  readonly writes_held: string | null;
  readonly connection_mode: BindingMode;
  readonly partner_mode: BindingMode;
  readonly connection_windows: readonly MaintenanceWindow[];
  readonly partner_windows: readonly MaintenanceWindow[];
  readonly pauses: readonly PauseOfNumber[];
}

/**
 * Columns of `connections c` joined with its `partners owner`, for one number.
 *
 * @param key SQL of the number
 * @param labels SQL of what its declaration is labelled with; null when it is not declared
 */
export const steeringColumns = (key: string, labels: string): string => `${ms('clock_timestamp()')} as steered_at,
  c.writes_held, c.mode as connection_mode, owner.mode as partner_mode, c.windows as connection_windows, owner.windows as partner_windows,
  (select coalesce(jsonb_agg(jsonb_build_object('reason', z.reason, 'begunAt', ${ms('z.begun_at')}, 'until', ${ms('z.until')},
            'endedAt', ${ms('z.ended_at')})), '[]')
     from (select x.reason, x.begun_at, x.until, x.ended_at from pauses x
            where x.partner_id = c.partner_id and (x.connection_id is null or x.connection_id = c.id)
              and (x.key is null or x.key = ${key}) and (x.labels is null or ${labels} @> x.labels)
            order by (x.ended_at is null and x.until > now()) desc, x.begun_at desc limit ${String(LATEST_PAUSES)}) z) as pauses`;

export const toStoredSteering = (row: SteeringRow): StoredSteering => ({
  now: row.steered_at,
  writesHeld: row.writes_held,
  modes: { partner: row.partner_mode, connection: row.connection_mode },
  windows: { partner: row.partner_windows, connection: row.connection_windows },
  pauses: row.pauses,
});
