import { isStale } from '../freshness';
import type { ConditionFacts, ConditionRecord, ConditionTerms } from './condition-facts';
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

/** Something that denies or not, and when it turned. */
interface Denier {
  readonly isDenying: boolean;
  readonly turns: readonly number[];
}

/** A span is a denier of its own: it began to deny once, and may have ceased. */
const spanned = ({ since, until }: ConditionRecord['restrained'][number]): Denier => ({
  isDenying: until === null,
  turns: until === null ? [since] : [since, until],
});

const deniersOf = ({ mode, record }: Pick<ConditionFacts, 'mode' | 'record'>): readonly Denier[] => {
  const { modeTurns, writesTurns, partnerTurns, standing, isDisconnected, modes } = record;
  const isHeld = standing.some(({ reason }) => reason === 'writes_held');
  return [
    { isDenying: mode === 'observe', turns: modeTurns },
    { isDenying: isDisconnected || isHeld || modes.connection === 'observe', turns: writesTurns },
    { isDenying: modes.partner === 'observe', turns: partnerTurns },
    ...record.restrained.map(spanned),
  ];
};

/** Each denies independently; goes back through all their turns until their common answer was another one. */
export const writesSince = (facts: Pick<ConditionFacts, 'mode' | 'record'>): number => {
  const { placedAt } = facts.record;
  const deniers = deniersOf(facts);
  const denies = deniers.map(({ isDenying }) => isDenying);
  const isDenied = denies.includes(true);
  const turns = deniers.flatMap((denier, of) => denier.turns.map((at) => ({ at, of }))).sort((a, b) => b.at - a.at);
  for (const [nth, { at, of }] of turns.entries()) {
    if (at <= placedAt) break;
    denies[of] = denies[of] !== true;
    // What turned at the same time is one turn.
    if (turns[nth + 1]?.at !== at && denies.includes(true) !== isDenied) return at;
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
