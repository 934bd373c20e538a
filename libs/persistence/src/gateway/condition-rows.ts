import { steeringRecord, type BindingOutcome, type ConditionRecord, type StallReason } from '@dialtone/engine';
import { ms } from '../db';
import { steeringColumns, toStoredSteering, type SteeringRow } from '../engine/steering-columns';

export interface ConditionRow extends SteeringRow {
  readonly placed_at: number;
  readonly outcome_left: Readonly<Partial<Record<BindingOutcome, number>>>;
  readonly stall_reason: StallReason | null;
  readonly mode_turns: readonly Date[];
  readonly ready_since: number | null;
  readonly fresh_since: number | null;
  readonly looked_at: number | null;
  readonly is_disconnected: boolean;
  readonly writes_turns: readonly Date[];
  readonly partner_turns: readonly Date[];
  readonly watched_since: number | null;
}

/** Columns of `bindings b` joined with its `dids d`, `connections c` and `partners owner`. */
export const CONDITION_COLUMNS = `${ms('b.placed_at')} as placed_at, b.outcome_left, b.stall_reason, b.mode_turns,
  ${ms('d.ready_since')} as ready_since, ${ms('d.fresh_since')} as fresh_since, ${ms('d.observed_at')} as looked_at,
  c.status <> 'ACTIVE' as is_disconnected, c.writes_turns, owner.writes_turns as partner_turns,
  ${steeringColumns('b.key', 'b.labels')}, ${ms('c.watched_since')} as watched_since`;

const times = (turns: readonly Date[]): readonly number[] => turns.map((at) => at.getTime());

export const toConditionRecord = (row: ConditionRow): ConditionRecord => ({
  placedAt: row.placed_at,
  outcomeLeft: row.outcome_left,
  stallReason: row.stall_reason,
  modeTurns: times(row.mode_turns),
  readySince: row.ready_since,
  freshSince: row.fresh_since,
  lookedAt: row.looked_at,
  isDisconnected: row.is_disconnected,
  ...steeringRecord(toStoredSteering(row)),
  writesTurns: times(row.writes_turns),
  partnerTurns: times(row.partner_turns),
  watchedSince: row.watched_since,
});
