import { factsOf, type ObservedFacts } from './digest';
import type { KeyObservation } from './observation';
import { isNeverSeen } from './issues';
import { unknownSectionsOf } from './presence';
import type { Plan } from './steps';

/** What the plan of one number stands on, each part as a text that is equal exactly when the part is. */
export interface PlanBasis {
  /** What is asked for: the declaration, or its withdrawal. */
  readonly asked: string;
  /** What becomes of the declaration, and of which generation. */
  readonly declaration: string;
  readonly did: string;
  readonly bots: string;
  readonly routing: string;
  readonly inventory: string;
  /** What is done, and what keeps the rest back. */
  readonly steps: string;
}

export type PlanPart = keyof PlanBasis;

/** In the order in which they are told. */
export const PLAN_PARTS = [
  'asked',
  'declaration',
  'did',
  'bots',
  'routing',
  'inventory',
  'steps',
] as const satisfies readonly PlanPart[];

const NOTHING_OBSERVED: ObservedFacts = { did: '', bots: '', routing: '', inventory: '' };

/**
 * The facts of an observation that a plan stands on: not when they were seen, nor what was remembered to see them, but what is
 * known, what is not, and what they say.
 */
export const observedBasis = (observation: KeyObservation | null): ObservedFacts => {
  if (observation === null) return NOTHING_OBSERVED;
  const unknown = unknownSectionsOf(observation);
  const facts = factsOf(observation);
  const neverSeen = isNeverSeen(observation) ? 'never seen' : '';
  return {
    did: unknown.includes('dids') ? '?' : `${facts.did}${neverSeen}`,
    bots: unknown.includes('bots') ? '?' : facts.bots,
    routing: unknown.includes('routing') ? '?' : facts.routing,
    inventory: facts.inventory,
  };
};

/** Without the texts for people. */
export const stepsBasis = (plan: Plan): string =>
  JSON.stringify(
    plan.map((planned) => {
      if (planned.status === 'needed') return [planned.status, planned.action];
      return planned.status === 'already' ? [planned.status] : [planned.status, planned.reason];
    }),
  );

/** One number of a plan that is compared with what would be planned now. */
export interface NumberedBasis extends PlanBasis {
  readonly key: string;
}

/** How one number of a plan differs from what would be planned now. */
export interface PlanDifference {
  readonly key: string;
  /** `added`: it was not planned; `missing`: it was planned, and is not asked for any more. */
  readonly kind: 'added' | 'missing' | 'changed';
  readonly parts: readonly PlanPart[];
}

/** In the order of `now`, then what is missing. */
export const planDifferences = (
  planned: readonly NumberedBasis[],
  now: readonly NumberedBasis[],
): readonly PlanDifference[] => {
  const before = new Map(planned.map((one) => [one.key, one]));
  const after = new Set(now.map(({ key }) => key));
  return [
    ...now.flatMap((one) => differenceOf(before.get(one.key), one) ?? []),
    ...planned
      .filter(({ key }) => !after.has(key))
      .map(({ key }): PlanDifference => ({ key, kind: 'missing', parts: [] })),
  ];
};

const differenceOf = (planned: NumberedBasis | undefined, now: NumberedBasis): PlanDifference | null => {
  if (planned === undefined) return { key: now.key, kind: 'added', parts: [] };
  const parts = PLAN_PARTS.filter((part) => planned[part] !== now[part]);
  return parts.length === 0 ? null : { key: now.key, kind: 'changed', parts };
};
