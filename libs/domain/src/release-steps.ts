import type { Release } from './binding';
import { phoneNumberOf } from './key';
import type { KeyObservation } from './observation';
import { outboundRelease } from './outbound-release';
import {
  blocked,
  needed,
  STEP_KINDS,
  type Plan,
  type PlannedStep,
  type PlanSpec,
  type StepAction,
  type StepKind,
} from './steps';

type ReleaseStep = Extract<StepKind, 'ensure_routing' | 'assign_agent'>;

/** The one step that each release takes back. */
const STEP_OF: Readonly<Record<Release, ReleaseStep>> = {
  outbound_off: 'ensure_routing',
  unassign_agent: 'assign_agent',
};

const already = (step: StepKind, detail: string): PlannedStep => ({ step, status: 'already', detail });

const outboundOff = (observation: KeyObservation): PlannedStep => {
  const step = STEP_OF.outbound_off;
  const todo = outboundRelease(observation);
  const phoneNumber = phoneNumberOf(observation.key);
  if (todo.kind === 'done') return already(step, `No outbound calls of ${phoneNumber} go to a bot`);
  if (todo.kind === 'unknown') return blocked(step, 'observation_incomplete', todo.detail);
  const { routingId, fields } = todo;
  const action: StepAction = { kind: 'outbound_off', routingId, fields };
  return needed(step, action, ['Switch', 'Switched'], `outbound calls of ${phoneNumber} off`);
};

/** Only the agent of the declaration is taken: others have assigned another one. */
const unassignAgent = ({ key, local }: KeyObservation, agentId: PlanSpec['agentId']): PlannedStep => {
  const step = STEP_OF.unassign_agent;
  const phoneNumber = phoneNumberOf(key);
  if (local === null || agentId === null || local.agentId !== agentId)
    return already(step, `${phoneNumber} is not assigned to the agent of the declaration`);
  const action: StepAction = { kind: 'unassign_agent', phoneNumberId: local.id, agentId };
  return needed(step, action, ['Take', 'Took'], `${phoneNumber} from agent ${agentId}`);
};

/**
 * The six steps of a declaration that is withdrawn: the one that its release takes back, among those that stay as they are. Decided
 * from what is there, so that it can be asked again after any crash.
 */
export const releaseSteps = (release: Release, { agentId }: PlanSpec, observation: KeyObservation): Plan => {
  const taken = release === 'outbound_off' ? outboundOff(observation) : unassignAgent(observation, agentId);
  return STEP_KINDS.map((step) => (step === taken.step ? taken : already(step, 'Stays as it is')));
};
