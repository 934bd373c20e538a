import { parseAgentId, type AgentId } from '@dialtone/domain';
import { InQuery } from './field';
import { uuid } from './kinds';

/** A filter by the agent of declarations. */
export const AgentSelection = (): PropertyDecorator =>
  InQuery('agent_id', uuid(), {
    description: 'Only numbers that are declared for this agent.',
    example: 'f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55',
  });

/** What a list is asked for. */
export const agentSelector = ({ agent_id: given }: { readonly agent_id?: string }): { readonly agentId?: AgentId } => {
  const agentId = given === undefined ? null : parseAgentId(given);
  return agentId === null ? {} : { agentId };
};
