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

/**
 * True if `is` has every fact of these: `holdsIn(factsOfDids(dids), is)`, without making the facts of a hundred thousand numbers.
 * Those of a purchase that comes twice are made.
 */
export const areDidsIn = (dids: readonly RemoteDid[], is: Facts): boolean => {
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
