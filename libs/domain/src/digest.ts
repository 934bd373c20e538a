import type { KeyObservation, Readiness } from './readiness';
import type { RemoteBot, RemoteDid, RemoteRouting } from './remote';

const flag = (value: boolean | null): string => (value === null ? '?' : value ? '1' : '0');
const cells = (...values: readonly (string | number | null)[]): string => values.map((value) => value ?? '-').join(':');

const ofDid = (did: RemoteDid): string =>
  cells(did.didId, did.clientId, did.status, flag(did.isExpired), did.expiresAt);
const ofBot = (bot: RemoteBot): string => cells(bot.id, flag(bot.active), bot.name, bot.websocketUrl);
const ofRouting = (row: RemoteRouting): string =>
  cells(
    row.id,
    flag(row.active),
    row.forInboundCall,
    row.inboundBotId,
    row.inboundTrunkId,
    row.forOutboundCall,
    row.outboundBotId,
    row.outboundTrunkId,
  );

/**
 * Fingerprint of a verdict and of the facts behind it: equal digests mean that there is nothing to write. Fields that
 * decide nothing (`raw`, the time of observation) are not part of it.
 */
export const digestOf = (observation: KeyObservation, readiness: Readiness): string =>
  [
    readiness.state,
    readiness.issues.join(),
    observation.did && ofDid(observation.did),
    observation.bots.map(ofBot).join(),
    observation.routing && ofRouting(observation.routing),
    observation.extraRoutingIds.join(),
    observation.misreportedBotIds.join(),
    observation.local && cells(observation.local.id, observation.local.agentId),
    cells(observation.presence.did, observation.presence.bot, observation.presence.routing),
  ].join('|');
