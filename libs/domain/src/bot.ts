import { type KeyObservation } from './observation';
import type { RemoteBot, RemoteRouting } from './remote';
import { ROUTE_TO_BOT } from './remote';

/** What the bots of one client are judged by. */
type SeenBots = Pick<KeyObservation, 'bots' | 'misreportedBotIds'>;

/**
 * Listed as active, or not said, or listed as inactive by a list that was proven wrong about it. Of a bot whose status cannot be
 * read it is not known, which is neither.
 */
export const isBotActive = (bot: RemoteBot, misreported: readonly number[]): boolean =>
  bot.unreadable?.includes('active') !== true && (bot.active !== false || misreported.includes(bot.id));

const isBotInactive = (bot: RemoteBot, misreported: readonly number[]): boolean =>
  bot.active === false && !misreported.includes(bot.id);

export const activeBots = ({ bots, misreportedBotIds }: SeenBots): readonly RemoteBot[] =>
  bots.filter((bot) => isBotActive(bot, misreportedBotIds));

/** The bot that outbound calls of the key reach now: active, of the mapped client, and routed to by an active record. */
export const servingBot = (observation: KeyObservation): RemoteBot | null => {
  const { routing } = observation;
  return routing && (activeBots(observation).find((bot) => routesTo(routing, bot.id)) ?? null);
};

/** Whether an active record sends outbound calls to this bot. A mode that VoiceLink did not say is believed to match it. */
export const routesTo = (routing: RemoteRouting, botId: number): boolean =>
  routing.active !== false &&
  routing.outboundBotId === botId &&
  (routing.forOutboundCall === null || routing.forOutboundCall === ROUTE_TO_BOT);

const DEFAULT_PORTS: ReadonlyMap<string, string> = new Map([
  ['wss', ':443'],
  ['https', ':443'],
  ['ws', ':80'],
  ['http', ':80'],
]);

/** Compared without letter case of scheme and host, default port and trailing slash. */
export const canonicalUrl = (url: string): string => {
  const match = /^([a-z]+):\/\/([^/?#]+)([^?#]*)(.*)$/i.exec(url.trim());
  if (match === null) return url.trim();
  const [, scheme = '', host = '', path = '', rest = ''] = match;
  const port = DEFAULT_PORTS.get(scheme.toLowerCase()) ?? '';
  const bare = port !== '' && host.endsWith(port) ? host.slice(0, -port.length) : host;
  return `${scheme.toLowerCase()}://${bare.toLowerCase()}${path.replace(/\/+$/, '')}${rest}`;
};

export const pointsTo = (bot: RemoteBot, websocketUrl: string): boolean =>
  bot.websocketUrl !== null && canonicalUrl(bot.websocketUrl) === canonicalUrl(websocketUrl);

/**
 * The active bot to route to: the one that is routed to already, else one that points to `websocketUrl`, else the lowest
 * id. Always the same choice for the same observation, so that two controllers agree.
 */
export const reusableBot = (observation: KeyObservation, websocketUrl: string): RemoteBot | null => {
  const candidates = activeBots(observation);
  return (
    candidates.find((bot) => bot.id === observation.routing?.outboundBotId) ??
    candidates.find((bot) => pointsTo(bot, websocketUrl)) ??
    candidates[0] ??
    null
  );
};

/** An inactive bot that is recognisably ours: bringing it back is better than a second bot; a stranger's stays off. */
export const ownInactiveBot = (observation: KeyObservation, websocketUrl: string): RemoteBot | null =>
  observation.bots.find((bot) => isBotInactive(bot, observation.misreportedBotIds) && pointsTo(bot, websocketUrl)) ??
  null;
