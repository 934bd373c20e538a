import { isBotActive, pointsTo } from './bot';
import type { WriteEffect } from './made-write';
import type { KeyObservation } from './observation';
import type { RemoteBot, RemoteRouting } from './remote';

/** What lists show of the key that a write was sent for. */
export type ListedKey = Pick<KeyObservation, 'did' | 'routing' | 'misreportedBotIds'> & {
  /** Of the client that a written bot belongs to, at least. */
  readonly bots: readonly RemoteBot[];
};

/**
 * True if the lists show just what the write makes, and not something else that does as well. A bot whose id VoiceLink did not
 * say is known by its client, its name and where it points to (`websocketUrl`; null: that was not said).
 */
export const isEffectListed = (effect: WriteEffect, listed: ListedKey, websocketUrl: string | null): boolean => {
  switch (effect.kind) {
    case 'mapped':
      return listed.did?.didId === effect.didId && listed.did.clientId === effect.clientId;
    case 'routed':
      return listed.routing !== null && isRouted(listed.routing, effect);
    case 'bot_made':
      return listed.bots.some((bot) => isMade(bot, effect, websocketUrl));
    case 'bot_activated':
      return listed.bots.some((bot) => bot.id === effect.botId && isBotActive(bot, listed.misreportedBotIds));
  }
};

type Routed = Extract<WriteEffect, { kind: 'routed' }>;

/** What VoiceLink does not say of a record speaks neither for nor against it. */
const isRouted = (record: RemoteRouting, { routingId, active, forOutboundCall, ...handlers }: Routed): boolean =>
  (routingId === null || record.id === routingId) &&
  (record.active === null || record.active === active) &&
  (record.forOutboundCall === null || record.forOutboundCall === forOutboundCall) &&
  record.outboundBotId === handlers.outboundBotId &&
  record.outboundTrunkId === handlers.outboundTrunkId;

type BotMade = Extract<WriteEffect, { kind: 'bot_made' }>;

const isMade = (bot: RemoteBot, { botId, clientId, name }: BotMade, websocketUrl: string | null): boolean => {
  if (bot.clientId !== clientId) return false;
  if (botId !== null) return bot.id === botId;
  // Names come back with stray spaces and in another case (VoiceLink upstream notes §7.1).
  const isNamed = bot.name?.trim().toLowerCase() === name?.trim().toLowerCase();
  return isNamed && (websocketUrl === null || pointsTo(bot, websocketUrl));
};
