import type { ClaimedBinding } from '../ports/binding-queue';
import type { Contest, RepairMemory } from '../ports/contest';
import { RECONCILER, type HistoryEntry, type HistoryFacts } from '../ports/history';
import type { Outcome } from '../ports/outcome';
import type { LockedBinding } from './binding-status';
import { steeringEntry } from './history/steering-entries';

/** That a contest begins, or is over. */
export interface RepairTurn {
  readonly repairs: RepairMemory;
  /** One event; null: none begins. */
  readonly begun: Contest | null;
  readonly history: readonly HistoryEntry[];
}

/**
 * What the outcome of a claimed binding makes of what is remembered of its repairs; null: that stays. What was declared or asked for
 * during the work has started the count over already.
 *
 * @param now store's time, epoch ms
 */
export const repairTurn = (
  { binding, repairs }: ClaimedBinding,
  current: Pick<LockedBinding, 'generation' | 'countFrom'>,
  outcome: Outcome,
  now: number,
): RepairTurn | null => {
  if (current.generation !== binding.generation || current.countFrom !== repairs.countFrom) return null;
  const ended = endedBy(repairs, now);
  const begun = begunBy(outcome, repairs);
  if (ended === null && begun === null) return null;
  return {
    repairs: { countFrom: ended?.until ?? repairs.countFrom, contest: begun },
    begun,
    history: [...entriesOf(binding, ended, null), ...entriesOf(binding, null, begun)],
  };
};

const endedBy = ({ contest }: RepairMemory, now: number): Contest | null =>
  contest !== null && contest.until <= now ? contest : null;

/** One that stands already is found again by each look. */
const begunBy = (outcome: Outcome, { contest }: RepairMemory): Contest | null => {
  const found = outcome.kind === 'stalled' ? outcome.contest : undefined;
  return found === undefined || found.since === contest?.since ? null : found;
};

const entriesOf = (
  place: ClaimedBinding['binding'],
  before: Contest | null,
  after: Contest | null,
): readonly HistoryEntry[] =>
  before === null && after === null
    ? []
    : [
        steeringEntry(
          { of: 'repair', place, before: before && factsOf(before), after: after && factsOf(after) },
          RECONCILER,
        ),
      ];

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

const factsOf = ({ kind, step, fields, undoneAt, by, until }: Contest): HistoryFacts => ({
  reason: kind,
  step,
  fields,
  undone_at: undoneAt.map(iso),
  by,
  until: iso(until),
});
