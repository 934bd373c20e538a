import type { KeyObservation } from './observation';
import { RESTRAINTS, type Restraint } from './steering';
import { changesWhatExists, STEPS, type NeededStep, type Plan, type PlannedStep } from './steps';

/**
 * A policy only takes steps away: a restraint skips every needed step that it covers, or blocks the first one and all after it.
 * Steps that no restraint covers go on.
 */
export const applyPolicy = (plan: Plan, restraints: readonly Restraint[], observation: KeyObservation): Plan => {
  const decided: PlannedStep[] = [];
  for (const [index, planned] of plan.entries()) {
    const restraint = restraintOn(planned, restraints, observation);
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
  observation: KeyObservation,
): Restraint | null =>
  planned.status === 'needed' ? (restraints.find(({ reason }) => covers(reason, planned, observation)) ?? null) : null;

const covers = (reason: Restraint['reason'], needed: NeededStep, observation: KeyObservation): boolean => {
  switch (RESTRAINTS[reason].covers) {
    case 'every_step':
      return true;
    case 'voicelink_steps':
      return STEPS[needed.step].leavesForVoiceLink;
    case 'changes':
      return changesWhatExists(needed, observation);
  }
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
