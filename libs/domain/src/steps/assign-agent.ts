import type { AgentId, PhoneNumberId } from '../ids';
import { needed, type Decided, type Situation, type StepDefinition } from './step';

export interface AssignAgent {
  readonly kind: 'assign_agent';
  readonly phoneNumberId: PhoneNumberId | null;
  readonly agentId: AgentId;
}

const step = 'assign_agent';

const decide = ({ spec, observation, phoneNumber }: Situation): Decided<typeof step, AssignAgent> => {
  const { local } = observation;
  if (spec.agentId === null) {
    return {
      step,
      status: 'skipped',
      reason: 'agent_not_given',
      detail: 'No agent_id given; readiness stays incomplete until an agent is assigned',
    };
  }
  if (local?.agentId === spec.agentId) {
    return {
      step,
      status: 'already',
      detail: `${phoneNumber} is assigned to agent ${spec.agentId}`,
      data: { agent_id: spec.agentId },
    };
  }
  return needed(
    step,
    { kind: step, phoneNumberId: local?.id ?? null, agentId: spec.agentId },
    ['Assign', 'Assigned'],
    `${phoneNumber} to agent ${spec.agentId}`,
  );
};

export const assignAgent: StepDefinition<typeof step, AssignAgent> = {
  kind: step,
  section: null,
  leavesForVoiceLink: false,
  decide,
  changes: (_, { local }) => local !== null && local.agentId !== null,
};
