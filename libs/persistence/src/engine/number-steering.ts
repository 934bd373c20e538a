import { heldWrites, type ConnectionId, type DidKey } from '@dialtone/domain';
import type { NumberSteering, PlanningGround } from '@dialtone/engine';
import { firstRow, ms, type Queryable, rows } from '../db';
import { SWEEPABLE } from './sweep-queue.store';

interface SteeringRow {
  readonly now: number;
  readonly writes_held: string | null;
}

interface GroundRow extends SteeringRow {
  readonly id: ConnectionId;
  readonly account_id: string;
  readonly marks: readonly (readonly [botId: number, markedAt: number])[];
}

const NO_MODES = { partner: 'enforce', connection: 'enforce' } as const;

const COLUMNS = `${ms('clock_timestamp()')} as now, c.writes_held`;

const GROUNDS = `
  select c.id, c.account_id, ${COLUMNS}, coalesce(m.marks, '[]') as marks
    from connections c
    cross join lateral (
      select jsonb_agg(jsonb_build_array(b.bot_id, b.marked_at)) as marks
        from (select r.bot_id, max(${ms('r.marked_at')}) as marked_at
                from misreported_bots r join connections m on m.id = r.connection_id
               where m.account_id = c.account_id group by r.bot_id) b
    ) m
   where c.id = any($1::uuid[]) and ${SWEEPABLE}`;

const steeringOf = ({ now, writes_held: held }: SteeringRow): NumberSteering => ({
  now,
  modes: NO_MODES,
  standing: held === null ? [] : [heldWrites(held)],
});

/** Null when the connection is not an active one of VoiceLink. */
export const readSteering = async (db: Queryable, id: ConnectionId): Promise<NumberSteering | null> => {
  const row = await firstRow<SteeringRow>(db, `select ${COLUMNS} from connections c where c.id = $1 and ${SWEEPABLE}`, [
    id,
  ]);
  return row && steeringOf(row);
};

/** One statement for all numbers; in their order. */
export const readPlanningGround = async (
  db: Queryable,
  numbers: readonly { readonly connectionId: ConnectionId; readonly key: DidKey }[],
): Promise<readonly (PlanningGround | null)[]> => {
  if (numbers.length === 0) return [];
  const found = await rows<GroundRow>(db, GROUNDS, [[...new Set(numbers.map(({ connectionId }) => connectionId))]]);
  const grounds = new Map(
    found.map((row): [ConnectionId, PlanningGround] => [
      row.id,
      { steering: steeringOf(row), accountId: row.account_id, misreported: new Map(row.marks) },
    ]),
  );
  return numbers.map(({ connectionId }) => grounds.get(connectionId) ?? null);
};
