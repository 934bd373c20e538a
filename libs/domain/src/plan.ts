import type { BindingSpec } from './binding';
import { ownInactiveBot, pointsTo, reusableBot, routesTo } from './bot';
import type { AgentId } from './ids';
import { isExpired, unknownSectionsOf } from './judge';
import { phoneNumberOf } from './key';
import {
  STEP_KINDS,
  type BlockReason,
  type Plan,
  type PlannedStep,
  type RoutingFields,
  type StepAction,
  type StepKind,
} from './plan-types';
import type { KeyObservation } from './readiness';
import {
  DEFAULT_INBOUND_MODE,
  ROUTE_TO_BOT,
  ROUTE_TO_TRUNK,
  type RemoteBot,
  type RemoteDid,
  type RemoteRouting,
} from './remote';
import type { Section } from './snapshot';

/** A declaration, or a one-off call-ready request, which may leave the agent out. */
export type PlanSpec = Omit<BindingSpec, 'agentId' | 'mode'> & { readonly agentId: AgentId | null };

export interface PlanContext {
  /** Epoch ms. */
  readonly now: number;
  /** Where a bot must point to when the declaration does not say. */
  readonly defaultWebsocketUrl: string;
}

interface Situation {
  readonly spec: PlanSpec;
  readonly observation: KeyObservation;
  readonly now: number;
  readonly phoneNumber: string;
  readonly websocketUrl: string;
  readonly unknown: readonly Section[];
}

type Decision = PlannedStep;

const needed = (step: StepKind, action: StepAction, detail: string): Decision => ({
  step,
  status: 'needed',
  action,
  detail,
});
const blocked = (step: StepKind, reason: BlockReason, detail: string): Decision => ({
  step,
  status: 'blocked',
  reason,
  detail,
});

/**
 * The ordered call-ready steps that would close the gap between a declaration and what was observed. Always six; a step
 * that cannot be taken blocks those after it. On a world that is as declared every step is `already`.
 */
export const planSteps = (spec: PlanSpec, observation: KeyObservation, context: PlanContext): Plan => {
  const situation: Situation = {
    spec,
    observation,
    now: context.now,
    phoneNumber: phoneNumberOf(observation.key),
    websocketUrl: spec.websocketUrl ?? context.defaultWebsocketUrl,
    unknown: unknownSectionsOf(observation),
  };
  const { did } = observation;
  const first = resolveDid(situation);
  if (did === null || first.status === 'blocked') return stopAfter([first]);
  const rest = [importDid, clientMapping, ensureBot, ensureRouting, assignAgent];
  const steps: Decision[] = [first];
  for (const decide of rest) {
    const step = decide(situation, did);
    steps.push(step);
    if (step.status === 'blocked') break;
  }
  return stopAfter(steps);
};

const stopAfter = (steps: readonly Decision[]): Plan => [
  ...steps,
  ...STEP_KINDS.slice(steps.length).map((step) =>
    blocked(step, 'blocked_by_earlier_step', 'Not reached: an earlier step is blocked'),
  ),
];

const incomplete = (step: StepKind, section: Section): Decision =>
  blocked(
    step,
    'observation_incomplete',
    `The VoiceLink ${section} list is not complete; nothing is decided from it. It is read again.`,
  );

const resolveDid = ({ observation, unknown, phoneNumber, now }: Situation): Decision => {
  const { did } = observation;
  if (unknown.includes('dids')) return incomplete('resolve_did', 'dids');
  if (did === null) {
    return blocked(
      'resolve_did',
      'did_not_found',
      `${phoneNumber} is not among the purchased VoiceLink DIDs; buy it in VoiceLink or correct the number`,
    );
  }
  if (isExpired(did, now))
    return blocked('resolve_did', 'did_expired', `DID ${phoneNumber} is expired; renew it in VoiceLink`);
  return {
    step: 'resolve_did',
    status: 'already',
    detail: `Resolved DID ${phoneNumber}`,
    data: { did_id: did.didId, client_id: did.clientId },
  };
};

const importDid = ({ observation, phoneNumber }: Situation): Decision =>
  observation.local === null
    ? needed(
        'import_did',
        { kind: 'import_did', phoneNumber, friendlyName: observation.key },
        `Import ${phoneNumber} into local phone-number inventory`,
      )
    : {
        step: 'import_did',
        status: 'already',
        detail: `${phoneNumber} is in local phone-number inventory`,
        data: { local_phone_number_id: observation.local.id },
      };

const clientMapping = ({ spec, phoneNumber }: Situation, did: RemoteDid): Decision => {
  const step = 'client_mapping';
  if (did.clientId === null) {
    if (spec.clientId === null)
      return blocked(
        step,
        'client_required',
        `DID ${phoneNumber} is not mapped to a client; give client_id to map it, or map it in VoiceLink`,
      );
    const action: StepAction = { kind: step, didId: did.didId, clientId: spec.clientId, callRecording: 0 };
    return needed(step, action, `Map DID ${phoneNumber} to client_id=${String(spec.clientId)}`);
  }
  if (spec.clientId !== null && spec.clientId !== did.clientId) {
    return blocked(
      step,
      'client_mismatch',
      `DID ${phoneNumber} is mapped to client_id=${String(did.clientId)}, not to client_id=${String(spec.clientId)}; it is never re-mapped: change the mapping in VoiceLink or give client_id=${String(did.clientId)}`,
    );
  }
  return {
    step,
    status: 'already',
    detail: `DID ${phoneNumber} is mapped to client_id=${String(did.clientId)}`,
    data: { client_id: did.clientId },
  };
};

/** No state says so, and a second bot could not be taken back: whoever reads the plan must be told. No URL: it may hold a token. */
const elsewhere = (bot: RemoteBot, websocketUrl: string): string =>
  bot.websocketUrl === null || pointsTo(bot, websocketUrl)
    ? ''
    : '; it points to another endpoint than a new bot would: change its URL in VoiceLink if calls should not go there';

const ensureBot = (situation: Situation, did: RemoteDid): Decision => {
  const { spec, observation, websocketUrl, unknown, phoneNumber } = situation;
  const clientId = did.clientId ?? spec.clientId;
  if (unknown.includes('bots')) return incomplete('ensure_bot', 'bots');
  if (clientId === null)
    return blocked('ensure_bot', 'client_required', 'A bot needs the client that the DID is mapped to');
  const bot = reusableBot(observation, websocketUrl);
  if (bot !== null) {
    return {
      step: 'ensure_bot',
      status: 'already',
      detail: `Client ${String(clientId)} has active bot_id=${String(bot.id)}${elsewhere(bot, websocketUrl)}`,
      data: { bot_id: bot.id },
    };
  }
  const own = ownInactiveBot(observation, websocketUrl);
  if (own !== null) {
    return needed(
      'ensure_bot',
      { kind: 'ensure_bot', verb: 'activate', clientId, botId: own.id },
      `Activate bot_id=${String(own.id)} of client ${String(clientId)}`,
    );
  }
  const name = spec.botName ?? `Vocobase ${phoneNumber}`;
  return needed(
    'ensure_bot',
    { kind: 'ensure_bot', verb: 'create', clientId, name, websocketUrl },
    `Create active WebSocket bot "${name}" for client ${String(clientId)}`,
  );
};

const ensureRouting = (situation: Situation, did: RemoteDid): Decision => {
  const { observation, unknown, phoneNumber } = situation;
  const step = 'ensure_routing';
  if (unknown.includes('routing')) return incomplete(step, 'routing');
  const { routing } = observation;
  const botId = targetBotId(situation);
  // Also to one that ensure_bot brings back: then nothing is left to write, as one finds who looks again after that.
  if (routing !== null && botId !== null && routesTo(routing, botId)) {
    return {
      step,
      status: 'already',
      detail: `Routing of DID ${phoneNumber} points to outbound bot_id=${String(botId)}`,
      data: { routing_id: routing.id, bot_id: botId },
    };
  }
  return routing === null ? createRouting(situation, did) : updateRouting(situation, routing);
};

/** The bot that ensure_bot found or brings back; null: the one that it creates, whose id is not known yet. */
const targetBotId = ({ observation, websocketUrl }: Situation): number | null =>
  (reusableBot(observation, websocketUrl) ?? ownInactiveBot(observation, websocketUrl))?.id ?? null;

const targetOf = (botId: number | null): string =>
  `outbound bot_id=${botId === null ? '(the new bot)' : String(botId)}`;

const createRouting = (situation: Situation, { didId, didNumber }: RemoteDid): Decision => {
  const botId = targetBotId(situation);
  return needed(
    'ensure_routing',
    { kind: 'ensure_routing', verb: 'create', didId, didNumber, botId, fields: routingToBot(null, botId) },
    `Create routing for DID ${situation.phoneNumber} to ${targetOf(botId)}`,
  );
};

const updateRouting = (situation: Situation, routing: RemoteRouting): Decision => {
  if (inboundModeOf(routing) === null) {
    return blocked(
      'ensure_routing',
      'observation_incomplete',
      `VoiceLink does not say the inbound mode of routing_id=${String(routing.id)}, and an update would overwrite it; set it in VoiceLink`,
    );
  }
  const botId = targetBotId(situation);
  return needed(
    'ensure_routing',
    {
      kind: 'ensure_routing',
      verb: 'update',
      routingId: routing.id,
      botId,
      fields: routingToBot(routing, botId),
    },
    `Update routing for DID ${situation.phoneNumber} to ${targetOf(botId)}`,
  );
};

/** The mode as read; where VoiceLink left it out, the one that its only handler proves; null: cannot be told. */
const inboundModeOf = ({ forInboundCall, inboundBotId, inboundTrunkId }: RemoteRouting): number | null => {
  if (forInboundCall !== null) return forInboundCall;
  if (inboundBotId !== null && inboundTrunkId === null) return ROUTE_TO_BOT;
  return inboundTrunkId !== null && inboundBotId === null ? ROUTE_TO_TRUNK : null;
};

/** The outbound half goes to the bot; the inbound half is sent back as it was read, because an update replaces both. */
export const routingToBot = (current: RemoteRouting | null, botId: number | null): RoutingFields => ({
  forInboundCall: (current && inboundModeOf(current)) ?? DEFAULT_INBOUND_MODE,
  inboundBotId: current?.inboundBotId ?? null,
  inboundTrunkId: current?.inboundTrunkId ?? null,
  forOutboundCall: ROUTE_TO_BOT,
  outboundBotId: botId,
  outboundTrunkId: null,
  active: true,
});

const assignAgent = ({ spec, observation, phoneNumber }: Situation): Decision => {
  const step = 'assign_agent';
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
    `Assign ${phoneNumber} to agent ${spec.agentId}`,
  );
};
