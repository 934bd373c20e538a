import type { ConnectionId, DidKey } from '@dialtone/domain';
import { steeringOf, type NumberSteering } from '@dialtone/engine';
import { firstRow, type Queryable } from '../db';
import { steeringColumns, toStoredSteering, type SteeringRow } from './steering-columns';
import { SWEEPABLE } from './sweep-queue.store';

const LABELS = '(select b.labels from bindings b where b.connection_id = c.id and b.key = $2)';

/** Null when the connection is not an active one of VoiceLink. */
export const readSteering = async (db: Queryable, id: ConnectionId, key: DidKey): Promise<NumberSteering | null> => {
  const row = await firstRow<SteeringRow>(
    db,
    `select ${steeringColumns('$2', LABELS)} from connections c join partners owner on owner.id = c.partner_id
      where c.id = $1 and ${SWEEPABLE}`,
    [id, key],
  );
  return row === null ? null : steeringOf(toStoredSteering(row));
};
