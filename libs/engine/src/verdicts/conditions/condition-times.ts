import { isStale } from '../freshness';
import type { ConditionFacts, ConditionTerms } from './condition-facts';
import { OUTCOME_STATUSES } from './condition-statuses';
import type { BindingOutcome } from './condition';

const BINDING_OUTCOMES = Object.keys(OUTCOME_STATUSES) as readonly BindingOutcome[];

/** Since when the outcomes have all had the present status: the last time that one with another status was left. */
export const outcomeSince = (
  { status: { outcome }, record: { placedAt, outcomeLeft } }: ConditionFacts,
  type: 'Synced' | 'Progressing' | 'Stalled',
): number => {
  const status = OUTCOME_STATUSES[outcome][type];
  const others = BINDING_OUTCOMES.filter((other) => OUTCOME_STATUSES[other][type] !== status);
  return Math.max(placedAt, ...others.map((other) => outcomeLeft[other] ?? placedAt));
};

/** Mode and connection deny independently; goes back through both until their common answer was another one. */
export const writesSince = ({ mode, record }: ConditionFacts): number => {
  const { placedAt, modeTurns, writesTurns, standing, isDisconnected } = record;
  const isHeld = standing.some(({ reason }) => reason === 'writes_held');
  const denies = { mode: mode === 'observe', connection: isDisconnected || isHeld };
  const isDenied = denies.mode || denies.connection;
  const turns = [
    ...modeTurns.map((at) => ({ at, of: 'mode' as const })),
    ...writesTurns.map((at) => ({ at, of: 'connection' as const })),
  ].sort((a, b) => b.at - a.at);
  for (const { at, of } of turns) {
    if (at <= placedAt) break;
    denies[of] = !denies[of];
    if ((denies.mode || denies.connection) !== isDenied) return at;
  }
  return placedAt;
};

/** The end of a gap between looks made a verdict fresh again only if no look of its own had kept it fresh. */
export const countsAsWatched = (
  watchedSince: number | null,
  lookedAt: number,
  freshForMs: number,
): watchedSince is number => watchedSince !== null && lookedAt + freshForMs < watchedSince;

export const freshSince = (
  { verdict: { stale, observedAt, ageSeconds }, record }: ConditionFacts,
  { freshForMs }: Pick<ConditionTerms, 'freshForMs'>,
): number => {
  const { placedAt, watchedSince, lookedAt } = record;
  const told = Math.max(placedAt, record.freshSince ?? placedAt);
  if (stale || observedAt === null) return told;
  if (isStale({ stale, ageSeconds }, freshForMs)) return Math.max(told, observedAt + freshForMs);
  return countsAsWatched(watchedSince, lookedAt ?? observedAt, freshForMs) ? Math.max(told, watchedSince) : told;
};
