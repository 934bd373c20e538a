import { outboundRelease, planFor, unobserved, type Binding, type Plan } from '@dialtone/domain';
import type { Outcome } from '../ports/outcome';
import { takeStep, unassignAgent } from '../writes/step-executor';
import type { StepResult } from '../writes/step-result';
import { lookAgain, lookAtAll, termsOf, type Look, type LookDeps, type Target } from './look';
import { obstacleOutcome, outcomeOfEnding } from './reconcile';
import { closeExplainedWrites } from './settle';

/** The declaration may end: nothing is left to do. */
const RELEASED: Outcome = { kind: 'settled' };

const NO_BOTS: ReadonlySet<number> = new Set();

/** The step that is left to do; undefined: none. */
const nextOf = (plan: Plan) => plan.find((planned) => planned.status !== 'already');

/**
 * Takes the agent of a withdrawn declaration from our inventory, which needs no VoiceLink. One that others have assigned since
 * stays.
 */
export const releaseAgent = async (
  deps: Pick<LookDeps, 'phoneNumbers' | 'connections' | 'settings' | 'clock'>,
  binding: Binding,
): Promise<Outcome> => {
  const { connectionId, key, mode, releasing } = binding;
  const [local, steering] = await Promise.all([
    deps.phoneNumbers.find(connectionId, key),
    deps.connections.steering(connectionId, key),
  ]);
  const terms = termsOf(deps, { spec: binding, mode, releasing }, { steering, doubtedBotIds: NO_BOTS });
  const next = nextOf(planFor(terms, unobserved(key, { local })));
  if (next === undefined) return RELEASED;
  if (next.status !== 'needed') return obstacleOutcome(next, []);
  if (next.action.kind === 'unassign_agent') await unassignAgent(deps, next.action, binding);
  return RELEASED;
};

/**
 * Switches outbound calls of a withdrawn declaration off. Like a reconcile it looks first, writes through the journal what the
 * plan allows, and counts only what a list shows; until then the declaration stays.
 */
export const releaseOutbound = async (deps: LookDeps, target: Target): Promise<Outcome> => {
  const look = await lookAtAll(deps, target, null, 0);
  await closeExplainedWrites(deps, look);
  const next = nextOf(planFor(termsOf(deps, target, look), look.observation));
  if (look.steering === null || next === undefined) return RELEASED;
  if (next.status !== 'needed') return obstacleOutcome(next, []);
  const result = await takeStep(deps, next.action, target.context, look);
  if (result.kind === 'sent') return seen(deps, target, look, result);
  if (result.kind === 'done' || result.kind === 'outdated') return RELEASED;
  return outcomeOfEnding(result, { step: next.step, detail: next.doneDetail }, []);
};

const seen = async (
  deps: LookDeps,
  target: Target,
  before: Look,
  { settle }: Extract<StepResult, { kind: 'sent' }>,
): Promise<Outcome> => {
  const { verify, inDoubtMs } = deps.settings;
  let look = before;
  for (let attempt = 0; attempt < verify.attempts; attempt += 1) {
    if (attempt > 0) await deps.clock.sleep(verify.delayMs, target.signal);
    look = await lookAgain(deps, target, look, { sections: ['routing'], writes: 1 });
    if (outboundRelease(look.observation).kind !== 'done') continue;
    await settle(true);
    return RELEASED;
  }
  await settle(false);
  const reason = 'VoiceLink accepted the release but does not list its effect yet';
  return { kind: 'progressing', requeueAfterMs: inDoubtMs, reason };
};
