import {
  outboundRelease,
  permitted,
  type Binding,
  type NeededStep,
  type OutboundRelease,
  type Restraint,
} from '@dialtone/domain';
import type { Outcome } from '../ports/outcome';
import { writeTarget } from '../ports/journal';
import { sendPlanned } from '../writes/planned-write';
import type { StepResult } from '../writes/step-result';
import { lookAgain, lookAtAll, restraintsBy, termsOf, type Look, type LookDeps, type Target } from './look';
import { obstacleOutcome, outcomeOfEnding } from './reconcile';
import { closeExplainedWrites } from './settle';

/** The declaration may end: nothing is left to do. */
const RELEASED: Outcome = { kind: 'settled' };

const AGENT = {
  step: 'assign_agent',
  status: 'needed',
  action: { kind: 'assign_agent', phoneNumberId: null },
  detail: 'Take the agent from the number',
  doneDetail: 'Took the agent from the number',
} as const;

/**
 * Takes the agent of a withdrawn declaration from our inventory, which needs no VoiceLink. One that others have assigned since
 * stays.
 */
export const releaseAgent = async (
  { phoneNumbers, connections, settings }: Pick<LookDeps, 'phoneNumbers' | 'connections' | 'settings'>,
  { connectionId, key, agentId, mode }: Binding,
): Promise<Outcome> => {
  const local = await phoneNumbers.find(connectionId, key);
  if (local?.agentId !== agentId) return RELEASED;
  const planned: NeededStep = { ...AGENT, action: { ...AGENT.action, agentId } };
  const steering = await connections.steering(connectionId, key);
  const refusal = refusalOf(restraintsBy(settings, mode, steering), planned);
  if (refusal !== null) return refusal;
  await phoneNumbers.unassignAgent({ connectionId, key, agentId });
  return RELEASED;
};

/**
 * Switches outbound calls of a withdrawn declaration off. Like a reconcile it looks first, writes through the journal what the
 * policy allows, and counts only what a list shows; until then the declaration stays.
 */
export const releaseOutbound = async (deps: LookDeps, target: Target): Promise<Outcome> => {
  const look = await lookAtAll(deps, target, null, 0);
  await closeExplainedWrites(deps, target, look);
  const todo = outboundRelease(look.observation);
  if (look.steering === null || todo.kind === 'done') return RELEASED;
  if (todo.kind === 'unknown') return { kind: 'retry', error: todo.detail, retryAfterMs: null };
  const refusal = refusalOf(termsOf(deps, target, look).restraints, todo.planned);
  if (refusal !== null) return refusal;
  const result = await send(deps, target, look, todo);
  if (result.kind === 'sent') return seen(deps, target, look, result);
  if (result.kind === 'done' || result.kind === 'outdated') return RELEASED;
  return outcomeOfEnding(result, { step: todo.planned.step, detail: todo.planned.doneDetail }, []);
};

/** Null: the policy lets it be taken. */
const refusalOf = (restraints: readonly Restraint[], planned: NeededStep): Outcome | null => {
  const allowed = permitted(restraints, planned);
  return allowed.status === 'blocked' || allowed.status === 'skipped' ? obstacleOutcome(allowed, []) : null;
};

const send = (
  deps: LookDeps,
  { context }: Target,
  { observation, unresolved }: Look,
  { routingId, fields }: Extract<OutboundRelease, { kind: 'needed' }>,
): Promise<StepResult> =>
  sendPlanned(
    deps,
    context,
    { observedAt: observation.observedAt, unresolved },
    {
      step: 'release',
      target: writeTarget('routing-update', routingId),
      body: { routing_id: routingId, ...fields },
      leases: [context.lease],
      send: () => context.account.updateRouting(routingId, fields, observation.routing?.raw ?? {}),
    },
  );

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
