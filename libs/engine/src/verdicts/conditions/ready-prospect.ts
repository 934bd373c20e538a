import type { Condition, ConditionType } from './condition';

/** `ready`: of this generation, and confirmed. `never`: not before a person or a new declaration has changed something. */
export type ReadyProspect = 'ready' | 'never' | 'not_yet';

/** What waits for a person, whatever the next reconcile finds. */
export const ENDLESS: readonly Condition['reason'][] = ['DISCONNECTED', 'WRITES_HELD'];

/** What ends by itself. */
export const PASSING: readonly Condition['reason'][] = ['PAUSED', 'WINDOW_CLOSED'];

/**
 * Whether waiting for READY makes sense.
 *
 * @param conditions as `conditionsOf` makes them
 * @param generation of the declaration
 */
export const readyProspect = (conditions: readonly Condition[], generation: number): ReadyProspect => {
  const { Ready, Stalled, DataFresh, WritesAllowed } = Object.fromEntries(
    conditions.map((condition) => [condition.type, condition]),
  ) as Record<ConditionType, Condition>;
  const isReady = Ready.status === 'True';
  if (isReady && DataFresh.status === 'True' && Ready.observedGeneration === generation) return 'ready';
  if (Stalled.status === 'True') return 'never';
  if (isReady || WritesAllowed.status === 'True' || PASSING.includes(WritesAllowed.reason)) return 'not_yet';
  // What is not known yet may turn out to be in order without a write.
  return Ready.status === 'False' || ENDLESS.includes(WritesAllowed.reason) ? 'never' : 'not_yet';
};
