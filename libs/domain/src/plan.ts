import { phoneNumberOf } from './key';
import type { KeyObservation } from './observation';
import { unknownSectionsOf } from './presence';
import { blocked, STEP_KINDS, STEPS, type Plan, type PlannedStep, type PlanSpec, type Situation } from './steps';

export interface PlanContext {
  /** Epoch ms. */
  readonly now: number;
  /** Where a bot must point to when the declaration does not say. */
  readonly defaultWebsocketUrl: string;
}

/**
 * The ordered call-ready steps that would close the gap between a declaration and what was observed. Always six; a step
 * that cannot be taken blocks those after it. On a world that is as declared every step is `already`.
 */
export const planSteps = (spec: PlanSpec, observation: KeyObservation, context: PlanContext): Plan => {
  const situation: Situation = {
    spec,
    observation,
    now: context.now,
    phoneNumber: phoneNumberOf(observation.key),
    websocketUrl: spec.websocketUrl ?? context.defaultWebsocketUrl,
    unknown: unknownSectionsOf(observation),
  };
  const { did } = observation;
  const { resolve_did, ...others } = STEPS;
  const steps: PlannedStep[] = [resolve_did.decide(situation)];
  for (const { decide } of Object.values(others)) {
    if (did === null || steps.at(-1)?.status === 'blocked') break;
    steps.push(decide(situation, did));
  }
  return stopAfter(steps);
};

const stopAfter = (steps: readonly PlannedStep[]): Plan => [
  ...steps,
  ...STEP_KINDS.slice(steps.length).map((step) =>
    blocked(step, 'blocked_by_earlier_step', 'Not reached: an earlier step is blocked'),
  ),
];
