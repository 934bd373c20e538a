import type { ConnectionId, DidKey } from '@dialtone/domain';
import {
  timeToReady,
  type ApplyOptions,
  type BecameReady,
  type BindingOutcome,
  type ReadyFacts,
  type Timing,
} from '@dialtone/engine';
import { ms, type Queryable, rows } from '../db';
import { CONDITION_COLUMNS, toConditionRecord, type ConditionRow } from '../gateway/condition-rows';

interface FactsRow extends ConditionRow {
  readonly key: DidKey;
  readonly mode: ReadyFacts['mode'];
  readonly outcome: BindingOutcome;
  readonly declared_at: number;
}

const FACTS = `
  select b.key, b.mode, b.outcome, ${ms('b.updated_at')} as declared_at, ${CONDITION_COLUMNS}
    from bindings b
    join dids d on d.connection_id = b.connection_id and d.key = b.key
    join connections c on c.id = b.connection_id
    join partners owner on owner.id = b.partner_id
   where b.connection_id = $1 and b.key = any($2::text[]) and b.releasing is null`;

interface OfConnection {
  readonly connectionId: ConnectionId;
  readonly deployment: NonNullable<ApplyOptions['deployment']>;
}

/** How long the numbers waited for Dialtone; those of which that cannot be said are left out. */
export const readyTimes = async (
  db: Queryable,
  { connectionId, deployment }: OfConnection,
  ready: readonly BecameReady[],
): Promise<readonly Timing[]> => {
  if (ready.length === 0) return [];
  const found = await rows<FactsRow>(db, FACTS, [connectionId, ready.map(({ key }) => key)]);
  const known = new Map(found.map((row) => [row.key, row]));
  return ready.flatMap((one) => {
    const row = known.get(one.key);
    if (row === undefined) return [];
    const { mode, outcome, declared_at: declaredAt } = row;
    return timeToReady({ ...one, mode, outcome, declaredAt, record: toConditionRecord(row) }, deployment) ?? [];
  });
};
