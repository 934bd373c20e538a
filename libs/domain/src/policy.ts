import { RESTRAINTS, type Restraint } from './steering';
import { STEPS, type NeededStep, type Plan, type PlannedStep } from './steps';

/**
 * A policy only takes steps away: a restraint skips every needed step that it covers, or blocks the first one and all after it.
 * Steps that no restraint covers go on.
 *
 * @param isChange whether a step changes something that exists
 */
export const applyPolicy = (
  plan: Plan,
  restraints: readonly Restraint[],
  isChange: (needed: NeededStep) => boolean,
): Plan => {
  const decided: PlannedStep[] = [];
  for (const [index, planned] of plan.entries()) {
    const restraint = restraintOn(planned, restraints, isChange);
    decided.push(restraint === null ? planned : restrained(planned, restraint));
    if (restraint !== null && RESTRAINTS[restraint.reason].effect === 'block')
      return [...decided, ...plan.slice(index + 1).map(notReached)];
  }
  return decided;
};

/** Of those that cover the step the one that lasts longest; null: it may be taken. */
const restraintOn = (
  planned: PlannedStep,
  restraints: readonly Restraint[],
  isChange: (needed: NeededStep) => boolean,
): Restraint | null => {
  if (planned.status !== 'needed') return null;
  const cover = {
    every_step: true,
    voicelink_steps: STEPS[planned.step].leavesForVoiceLink,
    changes: isChange(planned),
  };
  return restraints.find(({ reason }) => cover[RESTRAINTS[reason].covers]) ?? null;
};

const restrained = ({ step, detail }: PlannedStep, { reason, why, until }: Restraint): PlannedStep => {
  const { effect, blockReason, lead } = RESTRAINTS[reason];
  const told = { step, reason: blockReason, detail: `${detail} (${lead}${why})` };
  if (effect === 'skip') return { ...told, status: 'skipped' };
  return { ...told, status: 'blocked', ...(until === null ? {} : { until }) };
};

const notReached = ({ step }: PlannedStep): PlannedStep => ({
  step,
  status: 'blocked',
  reason: 'blocked_by_earlier_step',
  detail: 'Not reached: an earlier step is blocked',
});
