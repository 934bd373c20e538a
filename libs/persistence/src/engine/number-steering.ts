import type { ConnectionId, DidKey } from '@dialtone/domain';
import {
  steeringOf,
  type Contest,
  type NumberSteering,
  type PlannedPlace,
  type PlanningGround,
} from '@dialtone/engine';
import { firstRow, json, ms, type Queryable, rows } from '../db';
import { steeringColumns, toStoredSteering, type SteeringRow } from './steering-columns';
import { SWEEPABLE } from './sweep-queue.store';

/** Labels of the declaration that stands for a number of `connections c`. */
const labelsOf = (key: string): string =>
  `(select b.labels from bindings b where b.connection_id = c.id and b.key = ${key})`;

/** Null when the connection is not an active one of VoiceLink. */
export const readSteering = async (db: Queryable, id: ConnectionId, key: DidKey): Promise<NumberSteering | null> => {
  const row = await firstRow<SteeringRow>(
    db,
    `select ${steeringColumns('$2', labelsOf('$2'))} from connections c join partners owner on owner.id = c.partner_id
      where c.id = $1 and ${SWEEPABLE}`,
    [id, key],
  );
  return row === null ? null : steeringOf(toStoredSteering(row));
};

interface GroundRow extends SteeringRow {
  readonly nth: number;
  readonly account_id: string;
  readonly contest: Contest | null;
  readonly marks: readonly (readonly [botId: number, markedAt: number])[];
}

/** Of the declaration that stands for `number n`. */
const CONTEST = `(select b.contest from bindings b
     where b.connection_id = c.id and b.key = n.key and (b.contest ->> 'until')::float8 > ${ms('now()')})`;

const GROUNDS = `
  with number as materialized (
    select * from jsonb_to_recordset($1::jsonb) as n (nth int, connection_id uuid, key text, labels jsonb)
  ), marked as materialized (
    select c.id, jsonb_agg(jsonb_build_array(b.bot_id, b.marked_at)) as marks
      from connections c
      cross join lateral (
        select r.bot_id, max(${ms('r.marked_at')}) as marked_at
          from misreported_bots r join connections m on m.id = r.connection_id
         where m.account_id = c.account_id group by r.bot_id) b
     where c.id in (select connection_id from number) group by c.id
  )
  select n.nth, c.account_id, coalesce(k.marks, '[]') as marks, ${CONTEST} as contest, ${steeringColumns('n.key', `coalesce(n.labels, ${labelsOf('n.key')})`)}
    from number n
    join connections c on c.id = n.connection_id and ${SWEEPABLE}
    join partners owner on owner.id = c.partner_id
    left join marked k on k.id = c.id`;

/** One statement for all numbers; in their order. */
export const readPlanningGround = async (
  db: Queryable,
  numbers: readonly PlannedPlace[],
): Promise<readonly (PlanningGround | null)[]> => {
  if (numbers.length === 0) return [];
  const asked = numbers.map(({ connectionId, key, labels = null }, nth) => ({
    nth,
    connection_id: connectionId,
    key,
    labels,
  }));
  const found = await rows<GroundRow>(db, GROUNDS, [json(asked)]);
  const grounds = new Map(
    found.map((row): [number, PlanningGround] => [
      row.nth,
      {
        steering: steeringOf(toStoredSteering(row)),
        accountId: row.account_id,
        misreported: new Map(row.marks),
        contest: row.contest,
      },
    ]),
  );
  return numbers.map((_, nth) => grounds.get(nth) ?? null);
};
