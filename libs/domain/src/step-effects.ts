import { activeBots } from './bot';
import type { AgentId } from './ids';
import { phoneNumberOf } from './key';
import type { KeyObservation } from './observation';
import type { RemoteBot, RemoteRouting } from './remote';
import { unknownSectionsOf } from './presence';
import { STEPS, type PlannedStep, type RoutingFields, type StepAction, type StepKind } from './steps';

export type FieldValue = string | number | boolean | null;

/** One field of what a step is about; `before` and `after` are the same where the step leaves it as it is. Null: unset, or not said. */
export interface FieldChange {
  /** As VoiceLink's request, or our own row, calls it. */
  readonly field: string;
  readonly before: FieldValue;
  readonly after: FieldValue;
  /** True: VoiceLink chooses the value when an earlier step of the plan is taken; `after` is null until then. */
  readonly knownAfterApply?: true;
}

/** In their order. */
export const RISKS = ['none', 'low', 'medium', 'high'] as const;
export type Risk = (typeof RISKS)[number];

export const highestRisk = (risks: readonly Risk[]): Risk =>
  RISKS[Math.max(0, ...risks.map((risk) => RISKS.indexOf(risk)))] ?? 'none';

/** What one step does: for people who decide whether it shall be done. */
export interface StepEffect {
  /** Empty: the fields are not known, or the step has none. */
  readonly fields: readonly FieldChange[];
  readonly risk: Risk;
  /** What the risk consists in; null: nothing that works is touched, or nothing is done. */
  readonly why: string | null;
  /** Mutating requests to VoiceLink. */
  readonly calls: number;
}

type ActionOf<Kind extends StepAction['kind']> = Extract<StepAction, { kind: Kind }>;

interface Describing<Kind extends StepAction['kind']> {
  /** `action` null: what there is, which stays. */
  readonly fields: (
    action: ActionOf<Kind> | null,
    observation: KeyObservation,
    data: StepIds,
  ) => readonly FieldChange[];
  readonly risk: (action: ActionOf<Kind>, observation: KeyObservation) => Pick<StepEffect, 'risk' | 'why'>;
}

/** Ids that a step found. */
type StepIds = Readonly<Record<string, number | string | null>>;

const SAFE = { risk: 'low', why: null } as const;
const kept = (field: string, value: FieldValue): FieldChange => ({ field, before: value, after: value });
const set = (field: string, after: FieldValue): FieldChange => ({ field, before: null, after });

const cell = (value: unknown): FieldValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

const asNumber = (flag: boolean | null): number | null => (flag === null ? null : Number(flag));

/** Without what may be a token. */
const shownUrl = (url: string | null): string | null =>
  url === null ? null : url.replace(/\/\/[^/?#]*@/, '//').replace(/[?#].*$/s, '?…');

const botFields = (bot: RemoteBot, isActivated: boolean): readonly FieldChange[] => [
  kept('client_id', bot.clientId),
  kept('bot_name', bot.name),
  kept('websocket_url', shownUrl(bot.websocketUrl)),
  { field: 'status', before: asNumber(bot.active), after: isActivated ? 1 : asNumber(bot.active) },
];

interface RoutingHalves {
  readonly [field: string]: FieldValue;
}

const listedRouting = (row: RemoteRouting): RoutingHalves => ({
  for_inbound_call: row.forInboundCall,
  inbound_websocket_bot_id: row.inboundBotId,
  inbound_sip_trunk_id: row.inboundTrunkId,
  for_outbound_call: row.forOutboundCall,
  outbound_websocket_bot_id: row.outboundBotId,
  outbound_sip_trunk_id: row.outboundTrunkId,
  status: asNumber(row.active),
});

const plannedRouting = (fields: RoutingFields): RoutingHalves => ({
  for_inbound_call: fields.forInboundCall,
  inbound_websocket_bot_id: fields.inboundBotId,
  inbound_sip_trunk_id: fields.inboundTrunkId,
  for_outbound_call: fields.forOutboundCall,
  outbound_websocket_bot_id: fields.outboundBotId,
  outbound_sip_trunk_id: fields.outboundTrunkId,
  status: 1,
});

const changesOf = (before: RoutingHalves, after: RoutingHalves): readonly FieldChange[] =>
  Object.keys(after).map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));

const routingFields: Describing<'ensure_routing'>['fields'] = (action, { routing }) => {
  const before = routing === null ? {} : listedRouting(routing);
  const after = action === null ? before : plannedRouting(action.fields);
  const changes = changesOf(before, after).map((change): FieldChange => ({
    ...change,
    ...(change.field === 'outbound_websocket_bot_id' && action?.botId === null && { knownAfterApply: true }),
  }));
  return action?.verb === 'create'
    ? [set('did_id', action.didId), set('did_number', action.didNumber), ...changes]
    : changes;
};

/** Where outbound calls of the number go now, if that may work; null: nowhere, or to a bot that is known not to work. */
const outboundTarget = ({ routing, bots, misreportedBotIds }: KeyObservation): string | null => {
  if (routing === null || routing.active === false) return null;
  const { outboundBotId, outboundTrunkId, forOutboundCall } = routing;
  if (outboundBotId !== null) {
    const isKnown = bots.some(({ id }) => id === outboundBotId);
    const works = activeBots({ bots, misreportedBotIds }).some(({ id }) => id === outboundBotId);
    return isKnown && !works ? null : `bot_id=${String(outboundBotId)}`;
  }
  if (outboundTrunkId !== null) return `SIP trunk ${String(outboundTrunkId)}`;
  return forOutboundCall === null || forOutboundCall === 0 ? null : `mode ${String(forOutboundCall)}`;
};

/** Of what is taken from the number. */
const outboundRisk = (
  observation: KeyObservation,
  why: (target: string) => string,
): Pick<StepEffect, 'risk' | 'why'> => {
  const target = outboundTarget(observation);
  return target === null ? SAFE : { risk: 'high', why: why(target) };
};
const agentRisk = (agentId: AgentId | null): Pick<StepEffect, 'risk' | 'why'> =>
  agentId === null ? SAFE : { risk: 'medium', why: `Takes the number from agent ${agentId}` };

const EFFECTS: { readonly [Kind in StepAction['kind']]: Describing<Kind> } = {
  import_did: {
    fields: (action, { key }) =>
      action === null
        ? [kept('phone_number', phoneNumberOf(key))]
        : [set('phone_number', action.phoneNumber), set('friendly_name', action.friendlyName)],
    risk: () => SAFE,
  },
  client_mapping: {
    fields: (action, { did }) => {
      if (did === null) return [];
      const recording = cell(did.raw['call_recording']);
      return [
        { field: 'client_id', before: did.clientId, after: action?.clientId ?? did.clientId },
        { field: 'call_recording', before: recording, after: action?.callRecording ?? recording },
      ];
    },
    risk: ({ clientId }) => ({
      risk: 'medium',
      why: `The mapping to client_id=${String(clientId)} cannot be taken back: a mapped DID is never re-mapped`,
    }),
  },
  ensure_bot: {
    fields: (action, { bots }, { bot_id: found = null }) => {
      if (action?.verb === 'create') {
        const { clientId, name, websocketUrl } = action;
        return [
          set('client_id', clientId),
          set('bot_name', name),
          set('websocket_url', websocketUrl),
          set('status', 1),
        ];
      }
      const bot = bots.find(({ id }) => id === (action?.botId ?? found));
      return bot === undefined ? [] : botFields(bot, action !== null);
    },
    risk: (action) =>
      action.verb === 'activate'
        ? SAFE
        : { risk: 'medium', why: 'VoiceLink cannot delete a bot: a new one cannot be taken back' },
  },
  ensure_routing: {
    fields: routingFields,
    risk: (_, observation) =>
      outboundRisk(observation, (target) => `Outbound calls of the number go to ${target} now, which may be in use`),
  },
  assign_agent: {
    fields: (action, { local }) => {
      const agentId = local?.agentId ?? null;
      return [{ field: 'agent_id', before: agentId, after: action?.agentId ?? agentId }];
    },
    risk: (_, { local }) => agentRisk(local?.agentId ?? null),
  },
  outbound_off: {
    fields: (action, { routing }) =>
      routing === null || action === null ? [] : changesOf(listedRouting(routing), plannedRouting(action.fields)),
    risk: (_, observation) =>
      outboundRisk(observation, (target) => `Outbound calls of the number go to ${target} now, and end`),
  },
  unassign_agent: {
    fields: (action) => [{ field: 'agent_id', before: action?.agentId ?? null, after: null }],
    risk: ({ agentId }) => agentRisk(agentId),
  },
};

const isUnknown = (step: StepKind, observation: KeyObservation): boolean => {
  const { section } = STEPS[step];
  return section !== null && unknownSectionsOf(observation).includes(section);
};

const NOTHING: StepEffect = { fields: [], risk: 'none', why: null, calls: 0 };

/**
 * What a planned step does. `wanted` is the same step before anything kept it back: of a step that is skipped or blocked because it
 * may not be done, the fields say what it would do, and the cost is nothing.
 */
export const effectOf = (planned: PlannedStep, wanted: PlannedStep, observation: KeyObservation): StepEffect => {
  if (planned.step === 'resolve_did') return NOTHING;
  const ids = planned.status === 'already' ? (planned.data ?? {}) : {};
  const action = wanted.status === 'needed' ? wanted.action : null;
  const describing = EFFECTS[action?.kind ?? planned.step] as Describing<StepAction['kind']>;
  const fields = isUnknown(planned.step, observation) ? [] : describing.fields(action, observation, ids);
  if (planned.status !== 'needed') return { ...NOTHING, fields };
  const calls = STEPS[planned.step].leavesForVoiceLink ? 1 : 0;
  return { fields, calls, ...describing.risk(planned.action, observation) };
};
