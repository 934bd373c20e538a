import {
  phoneNumberOf,
  type CostedPlan,
  type CostedStep,
  type FieldChange,
  type PlannedStep,
  type RoutingFields,
  type StepAction,
} from '@dialtone/domain';
import type { BindingView } from '@dialtone/persistence';
import { toVerdict } from '../../readiness/readiness.mapper';
import type { Fields } from '../../http/errors/envelope';
import type { PlanDto, PlanStepDto } from './plan.dto';
import type { NumberPlan } from './plan.service';

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
    case 'outbound_off':
      return { routing_id: action.routingId, fields: routingJson(action.fields) };
    case 'unassign_agent':
      return { phone_number_id: action.phoneNumberId, agent_id: null };
  }
};

const MS_PER_SECOND = 1_000;

export const secondsOf = (ms: number): number => Math.ceil(ms / MS_PER_SECOND);

/** All fields before and after, and those that are only known once an earlier step is taken. */
const toFields = (fields: readonly FieldChange[]): Pick<PlanStepDto, 'before' | 'after' | 'known_after_apply'> => {
  const later = fields.filter(({ knownAfterApply }) => knownAfterApply === true);
  return {
    before: Object.fromEntries(fields.map(({ field, before }) => [field, before])),
    after: Object.fromEntries(fields.map(({ field, after }) => [field, after])),
    ...(later.length > 0 && { known_after_apply: later.map(({ field }) => field) }),
  };
};

/** What is decided about a step, beside its effect. */
const decidedOf = (planned: PlannedStep): Pick<PlanStepDto, 'action' | 'data' | 'reason'> => {
  switch (planned.status) {
    case 'already':
      return planned.data === undefined ? {} : { data: planned.data };
    case 'needed':
      return { action: { kind: planned.action.kind, ...fieldsOf(planned.action) } };
    case 'blocked':
    case 'skipped':
      return { reason: planned.reason };
  }
};

const toStep = ({ planned, fields, risk, why, calls }: CostedStep): PlanStepDto => ({
  step: planned.step,
  status: planned.status,
  detail: planned.detail,
  ...decidedOf(planned),
  ...toFields(fields),
  risk,
  ...(why !== null && { risk_detail: why }),
  calls,
});

export const toCost = ({ risk, calls, steps }: CostedPlan): Pick<PlanDto, 'risk' | 'calls' | 'steps'> => ({
  risk,
  calls,
  steps: steps.map(toStep),
});

/** The plan with the verdict that it was made from. */
export const toPlan = ({ binding, readiness }: BindingView, { cost, hash, timeMs }: NumberPlan): Fields<PlanDto> => ({
  key: binding.key,
  phone_number: phoneNumberOf(binding.key),
  generation: binding.generation,
  hash,
  ...toCost(cost),
  seconds_at_least: secondsOf(timeMs),
  ...toVerdict(readiness),
});
