import { ownInactiveBot, reusableBot, routesTo } from '../bot';
import {
  DEFAULT_INBOUND_MODE,
  ONLY_ANSWER,
  ROUTE_TO_BOT,
  ROUTE_TO_TRUNK,
  type RemoteDid,
  type RemoteRouting,
} from '../remote';
import { blocked, incomplete, needed, type Decided, type Situation, type StepDefinition } from './step';

/** Full body of a routing record; VoiceLink replaces, so both halves are always there. Ids are null when unused. */
export interface RoutingFields {
  readonly forInboundCall: number;
  readonly forOutboundCall: number;
  readonly inboundBotId: number | null;
  readonly inboundTrunkId: number | null;
  readonly outboundBotId: number | null;
  readonly outboundTrunkId: number | null;
  readonly active: true;
}

export type EnsureRouting =
  | {
      readonly kind: 'ensure_routing';
      readonly verb: 'create';
      readonly didId: number;
      readonly didNumber: string;
      readonly botId: number | null;
      readonly fields: RoutingFields;
    }
  | {
      readonly kind: 'ensure_routing';
      readonly verb: 'update';
      readonly routingId: number;
      readonly botId: number | null;
      readonly fields: RoutingFields;
    };

type Decision = Decided<'ensure_routing', EnsureRouting>;

const step = 'ensure_routing';

const decide = (situation: Situation, did: RemoteDid): Decision => {
  const { observation, unknown, phoneNumber } = situation;
  if (unknown.includes('routing')) return incomplete(step, 'routing', situation);
  const { routing } = observation;
  const botId = targetBotId(situation);
  // This includes a bot that ensure_bot brings back: after that nothing is left to write.
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
    step,
    { kind: step, verb: 'create', didId, didNumber, botId, fields: routingToBot(null, botId) },
    ['Create', 'Created'],
    `routing for DID ${situation.phoneNumber} to ${targetOf(botId)}`,
  );
};

const updateRouting = (situation: Situation, routing: RemoteRouting): Decision => {
  const obstacle = obstacleToUpdate(routing);
  if (obstacle !== null) return blocked(step, 'observation_incomplete', obstacle);
  const botId = targetBotId(situation);
  return needed(
    step,
    {
      kind: step,
      verb: 'update',
      routingId: routing.id,
      botId,
      fields: routingToBot(routing, botId),
    },
    ['Update', 'Updated'],
    `routing for DID ${situation.phoneNumber} to ${targetOf(botId)}`,
  );
};

/** An update replaces the inbound half, so all of it must be known. */
export const obstacleToUpdate = (routing: RemoteRouting): string | null => {
  const id = `routing_id=${String(routing.id)}`;
  if (INBOUND_FACTS.some((fact) => routing.unreadable?.includes(fact))) {
    return `The inbound half of ${id} holds a value that cannot be read, and an update would overwrite it; correct it in VoiceLink`;
  }
  return inboundModeOf(routing) === null
    ? `VoiceLink does not say the inbound mode of ${id}, and an update would overwrite it; set it in VoiceLink`
    : null;
};

const INBOUND_FACTS = ['forInboundCall', 'inboundBotId', 'inboundTrunkId'] as const;

/** The mode as read; where VoiceLink leaves it out, the one that its only handler proves; null: unknown. */
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

/** No calls are placed from the number; the inbound half is sent back as it was read. */
export const routingWithoutOutbound = (current: RemoteRouting): RoutingFields => ({
  ...routingToBot(current, null),
  forOutboundCall: ONLY_ANSWER,
});

export const ensureRouting: StepDefinition<typeof step, EnsureRouting> = {
  kind: step,
  section: 'routing',
  leavesForVoiceLink: true,
  decide,
  changes: ({ verb }) => verb === 'update',
  // The bot is the step's before it.
  reported: ({ routing_id = null }) => ({ routing_id }),
};
