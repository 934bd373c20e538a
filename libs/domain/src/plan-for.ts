import type { BindingMode } from './binding';
import type { KeyObservation } from './observation';
import { planSteps } from './plan';
import { applyPolicy } from './policy';
import type { NeededStep, Plan, PlannedStep, PlanSpec, StepAction } from './steps';

/** All that a plan is made from, beside the observation. */
export interface PlanTerms {
  readonly spec: PlanSpec;
  readonly mode: BindingMode;
  /** True: this deployment writes nothing to VoiceLink, whatever the declarations say. */
  readonly dryRun: boolean;
  /** Why a guard holds the connection's writes; null: it does not. */
  readonly writesHeld: string | null;
  /** Bots whose "misreported" mark has expired and must be proven again. */
  readonly doubtedBotIds: ReadonlySet<number>;
  /** Where a bot points to when the declaration does not say. */
  readonly defaultWebsocketUrl: string;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * The plan for one DID: the one that the reconciler carries out, call-ready reports and `GET …/plan` shows. Total and
 * synchronous.
 */
export const planFor = (terms: PlanTerms, observation: KeyObservation): Plan => {
  const { writesHeld } = terms;
  return applyPolicy(unfilteredPlan(terms, observation), { mode: modeOf(terms), writesHeld });
};

/** Whether a step that is no part of the plan may be taken: by the same policy. */
export const permitted = (terms: Pick<PlanTerms, 'mode' | 'dryRun' | 'writesHeld'>, planned: NeededStep): PlannedStep =>
  applyPolicy([planned], { mode: modeOf(terms), writesHeld: terms.writesHeld })[0] ?? planned;

/** The same without the policy: what is missing, whether or not it may be done. */
export const unfilteredPlan = (terms: PlanTerms, observation: KeyObservation): Plan =>
  proofPlan(terms, observation) ?? planSteps(terms.spec, observation, terms);

const modeOf = ({ mode, dryRun }: Pick<PlanTerms, 'mode' | 'dryRun'>): BindingMode | 'dry_run' =>
  dryRun ? 'dry_run' : mode;

/**
 * A plan that re-activates a doubted bot, to find out whether the list is still wrong about it. Null when no bot is doubted
 * or nothing may be written. Only the plan doubts: the verdict stands until the activation has told.
 */
const proofPlan = (terms: PlanTerms, observation: KeyObservation): Plan | null => {
  const { doubtedBotIds: doubted, spec } = terms;
  if (modeOf(terms) !== 'enforce' || terms.writesHeld !== null) return null;
  if (!observation.misreportedBotIds.some((id) => doubted.has(id))) return null;
  const misreportedBotIds = observation.misreportedBotIds.filter((id) => !doubted.has(id));
  // Beside another active bot nothing would be activated, although calls are about to be routed to the doubted one.
  const routed = routedTo(planSteps(spec, observation, terms));
  const bots =
    routed !== null && doubted.has(routed) ? observation.bots.filter(({ id }) => id === routed) : observation.bots;
  const plan = planSteps(spec, { ...observation, misreportedBotIds, bots }, terms);
  return plan.some((planned) => planned.status === 'needed' && activates(planned.action, doubted)) ? plan : null;
};

/** The bot of the routing record that is to be made or changed. */
const routedTo = (plan: Plan): number | null => {
  const routing = plan.find(({ step }) => step === 'ensure_routing');
  return routing?.status === 'needed' && routing.action.kind === 'ensure_routing' ? routing.action.botId : null;
};

const activates = (action: StepAction, bots: ReadonlySet<number>): boolean =>
  action.kind === 'ensure_bot' && action.verb === 'activate' && bots.has(action.botId);
