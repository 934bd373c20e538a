import { type KeyObservation } from './observation';
import { type Readiness } from './readiness';
import type { RemoteBot, RemoteDid, RemoteRouting, RemoteRow } from './remote';

type Cell = string | number | boolean | null;

/** Text is quoted: a name that contains a separator must not look like two cells. */
const cell = (value: Cell): string => {
  if (value === null) return '-';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return String(value);
  return ODD_CHARACTER.test(value) ? JSON.stringify(value) : `"${value}"`;
};
/** What JSON may write otherwise than it is. */
const ODD_CHARACTER = /[^ !#-[\]-~]/;
const cells = (...values: readonly Cell[]): string => {
  let text = '';
  for (const value of values) text += text === '' ? cell(value) : `:${cell(value)}`;
  return text;
};

/** Nothing for a row that was read whole, so that its digest stays what it was before there were others. */
const ofUnreadable = ({ unreadable }: RemoteRow<string>): string =>
  unreadable === undefined ? '' : `!${cells(...unreadable)}`;

const ofDid = (did: RemoteDid): string =>
  cells(did.didId, did.clientId, did.status, did.isExpired, did.expiresAt) + ofUnreadable(did);
const ofBot = (bot: RemoteBot): string => cells(bot.id, bot.active, bot.name, bot.websocketUrl) + ofUnreadable(bot);
const ofRouting = (row: RemoteRouting): string =>
  cells(
    row.id,
    row.active,
    row.forInboundCall,
    row.inboundBotId,
    row.inboundTrunkId,
    row.forOutboundCall,
    row.outboundBotId,
    row.outboundTrunkId,
  ) + ofUnreadable(row);

/** What was seen of one number, without when and how. */
export interface ObservedFacts {
  readonly did: string;
  /** Also which of them are listed wrongly. */
  readonly bots: string;
  /** Also records beside the one that counts. */
  readonly routing: string;
  /** Our own row. */
  readonly inventory: string;
}

const didPart = ({ did }: KeyObservation): string => (did === null ? '' : ofDid(did));
const botPart = ({ bots }: KeyObservation): string => (bots.length === 0 ? '' : bots.map(ofBot).join());
const routingPart = ({ routing, extraRoutingIds }: KeyObservation): string =>
  `${routing === null ? '' : ofRouting(routing)}|${extraRoutingIds.join()}`;
const misreportedPart = ({ misreportedBotIds }: KeyObservation): string => misreportedBotIds.join();
const localPart = ({ local }: KeyObservation): string => (local === null ? '' : cells(local.id, local.agentId));

/** Each part is a text that is equal exactly when the facts are; fields that decide nothing are no part of it. */
export const factsOf = (observation: KeyObservation): ObservedFacts => ({
  did: didPart(observation),
  bots: `${botPart(observation)}|${misreportedPart(observation)}`,
  routing: routingPart(observation),
  inventory: localPart(observation),
});

/**
 * Fingerprint of a verdict and of the facts behind it: equal digests mean that there is nothing to write. Fields that
 * decide nothing (`raw`, the time of observation) are not part of it; what could not be told is, because it makes the
 * same verdict stale.
 */
export const digestOf = (observation: KeyObservation, readiness: Readiness): string =>
  [
    readiness.state,
    readiness.issues.join(),
    readiness.unknownSections.join(),
    didPart(observation),
    botPart(observation),
    routingPart(observation),
    misreportedPart(observation),
    localPart(observation),
    cells(observation.presence.did, observation.presence.bot, observation.presence.routing),
  ].join('|');
