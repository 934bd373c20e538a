import type { Release } from './binding';
import type { KeyObservation } from './observation';
import { planSteps } from './plan';
import { applyPolicy } from './policy';
import { releaseSteps } from './release-steps';
import type { Restraint } from './steering';
import { changesWhatExists, type Plan, type PlanSpec, type StepAction } from './steps';

/** All that a plan is made from, beside the observation. */
export interface PlanTerms {
  readonly spec: PlanSpec;
  /** It is withdrawn, and this is to be undone; absent: it stands. */
  readonly releasing?: Release | undefined;
  /** What keeps Dialtone from writing about the number now, as `restraintsOf` puts it. */
  readonly restraints: readonly Restraint[];
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
export const planFor = (terms: PlanTerms, observation: KeyObservation): Plan =>
  applyPolicy(
    unfilteredPlan(terms, observation),
    terms.restraints,
    // A release only takes back what exists.
    (needed) => terms.releasing !== undefined || changesWhatExists(needed, observation),
  );

/** The same without the policy: what is missing, whether or not it may be done. */
export const unfilteredPlan = (terms: PlanTerms, observation: KeyObservation): Plan =>
  terms.releasing === undefined
    ? (proofPlan(terms, observation) ?? planSteps(terms.spec, observation, terms))
    : releaseSteps(terms.releasing, terms.spec, observation);

/**
 * A plan that re-activates a doubted bot, to find out whether the list is still wrong about it. Null when no bot is doubted
 * or nothing may be written. Only the plan doubts: the verdict stands until the activation has told.
 */
const proofPlan = (terms: PlanTerms, observation: KeyObservation): Plan | null => {
  const { doubtedBotIds: doubted, spec } = terms;
  if (terms.restraints.length > 0) return null;
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
