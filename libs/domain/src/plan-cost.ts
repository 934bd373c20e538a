import type { KeyObservation } from './observation';
import { effectOf, highestRisk, type Risk, type StepEffect } from './step-effects';
import type { Plan, PlannedStep } from './steps';

/** One number's plan among those that are planned together. */
export interface PlannedNumber {
  readonly plan: Plan;
  /** The same before anything kept steps back. */
  readonly wanted: Plan;
  readonly observation: KeyObservation;
  /** Numbers of one account share the bots of its clients. */
  readonly accountId: string;
}

export interface CostedStep extends StepEffect {
  readonly planned: PlannedStep;
  /** True: an earlier number of the same plan pays for the bot that both use. */
  readonly isShared: boolean;
}

export interface CostedPlan {
  readonly steps: readonly CostedStep[];
  readonly risk: Risk;
  /** Mutating requests to VoiceLink. */
  readonly calls: number;
}

/**
 * Says of each plan what it does and costs, one after another. Several numbers of a client get one bot: the first of them pays for
 * it, whichever is reconciled first.
 */
export const planCosting = (): ((number: PlannedNumber) => CostedPlan) => {
  const paid = new Set<string>();
  return ({ plan, wanted, observation, accountId }) => {
    const steps = plan.map((planned, index): CostedStep => {
      const effect = effectOf(planned, wanted[index] ?? planned, observation);
      const bot = botOf(planned, accountId);
      if (bot === null) return { ...effect, planned, isShared: false };
      const isShared = paid.has(bot);
      paid.add(bot);
      return { ...effect, planned, isShared, ...(isShared && { calls: 0 }) };
    });
    return {
      steps,
      risk: highestRisk(steps.map(({ risk }) => risk)),
      calls: steps.reduce((sum, { calls }) => sum + calls, 0),
    };
  };
};

const botOf = (planned: PlannedStep, accountId: string): string | null =>
  planned.status === 'needed' && planned.action.kind === 'ensure_bot'
    ? `${accountId}/${String(planned.action.clientId)}`
    : null;
