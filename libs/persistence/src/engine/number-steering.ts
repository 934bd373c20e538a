import { heldWrites, type ConnectionId } from '@dialtone/domain';
import type { NumberSteering } from '@dialtone/engine';
import { firstRow, ms, type Queryable } from '../db';
import { SWEEPABLE } from './sweep-queue.store';

interface SteeringRow {
  readonly now: number;
  readonly writes_held: string | null;
}

const NO_MODES = { partner: 'enforce', connection: 'enforce' } as const;

/** Null when the connection is not an active one of VoiceLink. */
export const readSteering = async (db: Queryable, id: ConnectionId): Promise<NumberSteering | null> => {
  const row = await firstRow<SteeringRow>(
    db,
    `select ${ms('clock_timestamp()')} as now, c.writes_held from connections c where c.id = $1 and ${SWEEPABLE}`,
    [id],
  );
  if (row === null) return null;
  const standing = row.writes_held === null ? [] : [heldWrites(row.writes_held)];
  return { now: row.now, modes: NO_MODES, standing };
};
