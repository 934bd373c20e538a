import type { RemoteBot, RemoteDid, RemoteRouting } from './remote';

/** Values that one list shows of one key, by name; a name that is missing is a value, too: not listed. JSON-safe. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** Names of the facts that our own writes decide. */
export const clientFact = (didId: number): string => `${String(didId)} client`;
export const botFact = (botId: number): string => String(botId);

/** A key may have several purchases. */
export const factsOfDids = (dids: readonly RemoteDid[]): Facts => {
  const facts = noFacts();
  for (const { didId, clientId, status, isExpired, expiresAt } of dids) {
    const id = String(didId);
    facts[clientFact(didId)] = clientId;
    facts[`${id} status`] = status;
    facts[`${id} expired`] = isExpired;
    facts[`${id} expires`] = expiresAt;
  }
  return facts;
};

/** Without a prototype: names that no two numbers share would make a hidden class for each, at twice the time. */
const noFacts = (): Record<string, Facts[string]> => Object.create(null) as Record<string, Facts[string]>;

/** Facts as they are remembered; `isWritten` is true of the very text that they were stored as. */
export interface KnownFacts {
  readonly is: Facts;
  readonly isWritten?: (text: string) => boolean;
}

/**
 * True if `is` has every fact of these: `holdsIn(factsOfDids(dids), is)`, without making the facts of a hundred thousand numbers.
 * Those of a purchase that comes twice are made.
 */
export const areDidsIn = (dids: readonly RemoteDid[], known: KnownFacts): boolean => {
  const [first] = dids;
  if (dids.length === 1 && first !== undefined)
    return known.isWritten?.(textOfDid(first)) === true || isDidIn(first, known.is);
  const { is } = known;
  let same = 0;
  for (const name in is) {
    const at = name.indexOf(' ');
    const did = dids.find(({ didId }) => String(didId) === name.slice(0, at));
    const fact = did && factNamed(did, name.slice(at));
    if (fact === undefined) continue;
    if (is[name] !== fact) return false;
    same += 1;
  }
  return same === dids.length * FACTS_OF_DID;
};

/** Facts as a store writes them, if it writes JSON with names by length, then by letters, and a space after each colon and comma. */
const textOfDid = ({ didId, clientId, status, isExpired, expiresAt }: RemoteDid): string => {
  const id = String(didId);
  const lasting = `"${id} client": ${String(clientId)}, "${id} status": ${status === null ? 'null' : JSON.stringify(status)}`;
  return `{${lasting}, "${id} expired": ${String(isExpired)}, "${id} expires": ${String(expiresAt)}}`;
};

const textOfBots = (bots: readonly RemoteBot[]): string => {
  let text = '';
  for (const { id, active } of bots) text += `${text === '' ? '' : ', '}"${botFact(id)}": ${String(active)}`;
  return `{${text}}`;
};

const textOfRouting = (row: RemoteRouting): string => {
  const modes = `"id": ${String(row.id)}, "in": ${String(row.forInboundCall)}, "out": ${String(row.forOutboundCall)}`;
  const bots = `"inBot": ${String(row.inboundBotId)}, "active": ${String(row.active)}, "outBot": ${String(row.outboundBotId)}`;
  return `{${modes}, ${bots}, "inTrunk": ${String(row.inboundTrunkId)}, "outTrunk": ${String(row.outboundTrunkId)}}`;
};

const isDidIn = ({ didId, clientId, status, isExpired, expiresAt }: RemoteDid, is: Facts): boolean => {
  const id = String(didId);
  return (
    is[clientFact(didId)] === clientId &&
    is[`${id} status`] === status &&
    is[`${id} expired`] === isExpired &&
    is[`${id} expires`] === expiresAt
  );
};

const FACTS_OF_DID = 4;

/** Undefined: no such fact. */
const factNamed = ({ clientId, status, isExpired, expiresAt }: RemoteDid, name: string): Facts[string] | undefined => {
  switch (name) {
    case ' client':
      return clientId;
    case ' status':
      return status;
    case ' expired':
      return isExpired;
    case ' expires':
      return expiresAt;
    default:
      return undefined;
  }
};

/** The same for bots. */
export const areBotsIn = (bots: readonly RemoteBot[], known: KnownFacts): boolean => {
  if (known.isWritten?.(textOfBots(bots)) === true && bots.every(({ unreadable }) => unreadable === undefined))
    return true;
  const { is } = known;
  return bots.every(({ id, active, unreadable }) => unreadable !== undefined || is[botFact(id)] === active);
};

/** The same for a record. */
export const isRoutingIn = (routing: RemoteRouting, known: KnownFacts): boolean => {
  if (known.isWritten?.(textOfRouting(routing)) === true) return true;
  const { is } = known;
  const isOutboundIn =
    is['out'] === routing.forOutboundCall &&
    is['outBot'] === routing.outboundBotId &&
    is['outTrunk'] === routing.outboundTrunkId;
  return is['id'] === routing.id && is['active'] === routing.active && isOutboundIn && isInboundIn(routing, is);
};

const isInboundIn = (routing: RemoteRouting, is: Facts): boolean =>
  is['in'] === routing.forInboundCall &&
  is['inBot'] === routing.inboundBotId &&
  is['inTrunk'] === routing.inboundTrunkId;

/** Whether each of a client's bots is active, as far as that can be read. */
export const factsOfBots = (bots: readonly RemoteBot[]): Facts => {
  const facts = noFacts();
  for (const { id, active, unreadable } of bots) if (unreadable === undefined) facts[botFact(id)] = active;
  return facts;
};

/** Undefined: there is no record. */
export const factsOfRouting = (routing: RemoteRouting | undefined): Facts =>
  routing === undefined
    ? {}
    : {
        id: routing.id,
        active: routing.active,
        in: routing.forInboundCall,
        inBot: routing.inboundBotId,
        inTrunk: routing.inboundTrunkId,
        out: routing.forOutboundCall,
        outBot: routing.outboundBotId,
        outTrunk: routing.outboundTrunkId,
      };

/** The names under which the two differ. */
export const differing = (a: Facts, b: Facts): readonly string[] => {
  const names = Object.keys(a).filter((name) => a[name] !== b[name]);
  for (const name of Object.keys(b)) if (!(name in a)) names.push(name);
  return names;
};

/** True if every fact of `part` is the same in `whole`. */
export const holdsIn = (part: Facts, whole: Facts): boolean =>
  Object.keys(part).every((name) => part[name] === whole[name]);
