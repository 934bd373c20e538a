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
  const was = repairs.contest;
  const ended = was !== null && was.until <= now ? was : null;
  const found = outcome.kind === 'stalled' ? (outcome.contest ?? null) : null;
  const begun = found === null || found.since === was?.since ? null : found;
  if (ended === null && begun === null) return null;
  const change = { of: 'repair', place: binding } as const;
  return {
    repairs: { countFrom: ended?.until ?? repairs.countFrom, contest: begun },
    begun,
    history: [
      ...(ended === null ? [] : [steeringEntry({ ...change, before: factsOf(ended), after: null }, RECONCILER)]),
      ...(begun === null ? [] : [steeringEntry({ ...change, before: null, after: factsOf(begun) }, RECONCILER)]),
    ],
  };
};

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

const factsOf = ({ kind, step, fields, undoneAt, by, until }: Contest): HistoryFacts => ({
  reason: kind,
  step,
  fields,
  undone_at: undoneAt.map(iso),
  by,
  until: iso(until),
});
