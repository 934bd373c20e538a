import type { BindingMode } from './binding';
import { STEPS, type Plan, type PlannedStep } from './steps';

export interface Policy {
  /** `dry_run`: as `observe`, for everybody. */
  readonly mode: BindingMode | 'dry_run';
  /** Why writes to VoiceLink are held for the whole connection, or null. */
  readonly writesHeld: string | null;
}

/**
 * A policy only takes away: `observe` skips every needed step; held writes block the first step that would leave for
 * VoiceLink, and those after it. Steps that touch only our own rows go on.
 */
export const applyPolicy = (plan: Plan, policy: Policy): Plan => {
  const { mode, writesHeld } = policy;
  if (mode !== 'enforce') return plan.map((planned) => skipNeeded(planned, mode));
  return writesHeld === null ? plan : holdWrites(plan, writesHeld);
};

const WHY_SKIPPED = { observe: 'mode is observe', dry_run: 'dry-run is on' } as const;

const skipNeeded = (planned: PlannedStep, mode: keyof typeof WHY_SKIPPED): PlannedStep =>
  planned.status === 'needed'
    ? {
        step: planned.step,
        status: 'skipped',
        reason: 'mode_observe',
        detail: `${planned.detail} (not done: ${WHY_SKIPPED[mode]})`,
      }
    : planned;

const leavesForVoiceLink = ({ status, step }: PlannedStep): boolean =>
  status === 'needed' && STEPS[step].leavesForVoiceLink;

const holdWrites = (plan: Plan, why: string): Plan => {
  const first = plan.findIndex(leavesForVoiceLink);
  if (first < 0) return plan;
  return plan.map((planned, index) => {
    if (index < first) return planned;
    const reason = index === first ? 'writes_held' : 'blocked_by_earlier_step';
    return {
      step: planned.step,
      status: 'blocked',
      reason,
      detail: index === first ? `${planned.detail} (held: ${why})` : 'Not reached: an earlier step is blocked',
    };
  });
};
