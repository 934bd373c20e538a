import type { AgentDetails, AgentProfile } from '@dialtone/persistence';
import type { Fields } from '../http/errors/envelope';
import type { AgentDto, CreateAgentBody, ListedAgentDto } from './agents.dto';

export const toProfile = (body: CreateAgentBody): AgentProfile => ({
  prompt: body.prompt ?? null,
  voiceId: body.voice_id ?? null,
  language: body.language ?? null,
  agentType: body.agent_type ?? null,
  projectId: body.project_id ?? null,
});

const toSettings = (agent: AgentDetails): Omit<Fields<ListedAgentDto>, 'id' | 'agent_name'> => ({
  voice_id: agent.voiceId,
  language: agent.language,
  agent_type: agent.agentType,
  project_id: agent.projectId,
  status: 'active',
  created_at: agent.createdAt.toISOString(),
  updated_at: agent.updatedAt.toISOString(),
});

export const toListedAgent = (agent: AgentDetails): Fields<ListedAgentDto> => ({
  id: agent.id,
  agent_name: agent.name,
  ...toSettings(agent),
});

export const toAgent = (agent: AgentDetails): Fields<AgentDto> => ({
  id: agent.id,
  agent_name: agent.name,
  prompt: agent.prompt,
  ...toSettings(agent),
});
