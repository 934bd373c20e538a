import { phoneNumberOf, type Plan, type PlannedStep, type RoutingFields, type StepAction } from '@dialtone/domain';
import type { BindingView } from '@dialtone/persistence';
import { toVerdict } from '../readiness/readiness.mapper';
import type { PlanDto, PlanStepDto } from './plan.dto';

type Json = Readonly<Record<string, unknown>>;

const routingJson = (fields: RoutingFields): Json => ({
  for_inbound_call: fields.forInboundCall,
  inbound_websocket_bot_id: fields.inboundBotId,
  inbound_sip_trunk_id: fields.inboundTrunkId,
  for_outbound_call: fields.forOutboundCall,
  outbound_websocket_bot_id: fields.outboundBotId,
  outbound_sip_trunk_id: fields.outboundTrunkId,
  status: 1,
});

const botJson = (action: Extract<StepAction, { kind: 'ensure_bot' }>): Json =>
  action.verb === 'create'
    ? { verb: action.verb, client_id: action.clientId, name: action.name, websocket_url: action.websocketUrl }
    : { verb: action.verb, client_id: action.clientId, bot_id: action.botId };

const routingActionJson = (action: Extract<StepAction, { kind: 'ensure_routing' }>): Json => ({
  verb: action.verb,
  ...(action.verb === 'create'
    ? { did_id: action.didId, did_number: action.didNumber }
    : { routing_id: action.routingId }),
  bot_id: action.botId,
  fields: routingJson(action.fields),
});

const fieldsOf = (action: StepAction): Json => {
  switch (action.kind) {
    case 'import_did':
      return { phone_number: action.phoneNumber, friendly_name: action.friendlyName };
    case 'client_mapping':
      return { did_id: action.didId, client_id: action.clientId, call_recording: action.callRecording };
    case 'ensure_bot':
      return botJson(action);
    case 'ensure_routing':
      return routingActionJson(action);
    case 'assign_agent':
      return { phone_number_id: action.phoneNumberId, agent_id: action.agentId };
  }
};

export const toPlanStep = (planned: PlannedStep): PlanStepDto => {
  const common = { step: planned.step, status: planned.status, detail: planned.detail };
  switch (planned.status) {
    case 'already':
      return planned.data === undefined ? common : { ...common, data: planned.data };
    case 'needed':
      return { ...common, action: { kind: planned.action.kind, ...fieldsOf(planned.action) } };
    case 'blocked':
    case 'skipped':
      return { ...common, reason: planned.reason };
  }
};

/** The plan with the verdict that it was made from. */
export const toPlan = ({ binding, readiness }: BindingView, plan: Plan): PlanDto => ({
  key: binding.key,
  phone_number: phoneNumberOf(binding.key),
  generation: binding.generation,
  steps: plan.map(toPlanStep),
  ...toVerdict(readiness),
});
