import { type KeyObservation } from './observation';
import { type Readiness } from './readiness';
import type { RemoteBot, RemoteDid, RemoteRouting, RemoteRow } from './remote';

type Cell = string | number | boolean | null;

/** Text is quoted: a name that contains a separator must not look like two cells. */
const cell = (value: Cell): string => {
  if (value === null) return '-';
  return typeof value === 'boolean' ? String(Number(value)) : JSON.stringify(value);
};
const cells = (...values: readonly Cell[]): string => values.map(cell).join(':');

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

type Cells = readonly (string | null)[];

const didCells = ({ did }: KeyObservation): Cells => [did && ofDid(did)];
const botCells = ({ bots }: KeyObservation): Cells => [bots.map(ofBot).join()];
const routingCells = ({ routing, extraRoutingIds }: KeyObservation): Cells => [
  routing && ofRouting(routing),
  extraRoutingIds.join(),
];
const misreportedCells = ({ misreportedBotIds }: KeyObservation): Cells => [misreportedBotIds.join()];
const localCells = ({ local }: KeyObservation): Cells => [local && cells(local.id, local.agentId)];

/** Each part is a text that is equal exactly when the facts are; fields that decide nothing are no part of it. */
export const factsOf = (observation: KeyObservation): ObservedFacts => ({
  did: didCells(observation).join('|'),
  bots: [...botCells(observation), ...misreportedCells(observation)].join('|'),
  routing: routingCells(observation).join('|'),
  inventory: localCells(observation).join('|'),
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
    ...didCells(observation),
    ...botCells(observation),
    ...routingCells(observation),
    ...misreportedCells(observation),
    ...localCells(observation),
    cells(observation.presence.did, observation.presence.bot, observation.presence.routing),
  ].join('|');
