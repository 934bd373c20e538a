import { parseAgentId, phoneNumberOf, type BindingSpec, type DeclarationMarks } from '@dialtone/domain';
import { invalidInput } from '../http/errors/api-error';
import { toAdvisory } from '../readiness/advisory.dto';
import { toVerdict } from '../readiness/readiness.mapper';
import type { ReadBinding } from './as-read';
import type { BindingDto, DeclareBindingBody } from './bindings.dto';
import { toContest } from './contest.dto';
import { toCondition } from './conditions.mapper';
import type { WaitResult } from './wait-terms';

/** The declaration in the domain's terms; an omitted field is null, an omitted mode `enforce`. */
export const toSpec = (body: DeclareBindingBody): BindingSpec => {
  const agentId = parseAgentId(body.agent_id);
  if (agentId === null) throw invalidInput('agent_id', 'agent_id must be a UUID.');
  return {
    agentId,
    clientId: body.client_id ?? null,
    botName: body.bot_name ?? null,
    websocketUrl: body.websocket_url ?? null,
    mode: body.mode ?? 'enforce',
    release: body.release ?? 'keep',
  };
};

export const toMarks = ({ labels, manager }: DeclareBindingBody): DeclarationMarks => ({
  labels: labels ?? {},
  manager: manager ?? null,
});

export const toBinding = (
  { binding, marks, agentName, agentDeleted, status, readiness, createdAt, updatedAt, conditions }: ReadBinding,
  waitResult?: WaitResult,
): BindingDto => ({
  key: binding.key,
  phone_number: phoneNumberOf(binding.key),
  connection_id: binding.connectionId,
  agent: { id: binding.agentId, name: agentName, deleted: agentDeleted },
  client_id: binding.clientId,
  bot_name: binding.botName,
  websocket_url: binding.websocketUrl,
  mode: binding.mode,
  release: binding.release,
  releasing: binding.releasing ?? null,
  labels: marks.labels,
  manager: marks.manager,
  generation: binding.generation,
  observed_generation: status.observedGeneration,
  ...(waitResult !== undefined && { wait_result: waitResult }),
  status: {
    outcome: status.outcome,
    message: status.message,
    attempts: status.attempts,
    last_reconciled_at: status.lastReconciledAt?.toISOString() ?? null,
    next_reconcile_at: status.nextReconcileAt.toISOString(),
    contest: status.contest === null ? null : toContest(status.contest),
    last_handled_reconcile_token: status.handledToken,
    conditions: conditions.map(toCondition),
  },
  readiness: { ...toVerdict(readiness), drift_id: readiness.drift?.id ?? null },
  advisories: readiness.advisories.map(toAdvisory),
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
});
