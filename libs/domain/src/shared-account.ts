import type { ConnectionId, DidKey } from './ids';

/**
 * Which of a partner's connections on one VoiceLink account answers for a number. Each lists all numbers of the account, and a
 * number that is in order on one of them must not be drift on the other: so every number has exactly one that judges it.
 */

/** What a connection has of a number: a declaration, a local row, or both. */
export interface NumberClaim {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
  readonly isDeclared: boolean;
  /** Its local row has an agent. */
  readonly hasAgent: boolean;
}

/** The active connections of one partner on one account, oldest first. */
export interface SharedAccount {
  readonly connections: readonly ConnectionId[];
  /** Those of the numbers that are asked for. */
  readonly claims: readonly NumberClaim[];
}

export const isShared = ({ connections }: SharedAccount): boolean => connections.length > 1;

/** The numbers that another connection answers for. Equal texts stand for equal answers. */
export interface AnsweredElsewhere {
  readonly has: (key: DidKey) => boolean;
  readonly fingerprint: string;
}

export const NOTHING_ELSEWHERE: AnsweredElsewhere = { has: () => false, fingerprint: '' };

/**
 * The connection that declares a number answers for it; else one with a local row, one with an agent first; else the oldest.
 * Among equals the oldest does. A partner declares a number on one connection at most.
 */
export const answeredElsewhere = (own: ConnectionId, account: SharedAccount): AnsweredElsewhere => {
  if (!isShared(account)) return NOTHING_ELSEWHERE;
  const winners = winnersOf(account);
  const isOldest = account.connections[0] === own;
  const exceptions = [...winners].flatMap(([key, winner]) => ((winner === own) === isOldest ? [] : [key])).sort();
  return {
    has: (key) => {
      const winner = winners.get(key);
      return winner === undefined ? !isOldest : winner !== own;
    },
    fingerprint: `${isOldest ? 'all but' : 'only'} ${exceptions.join()}`,
  };
};

const winnersOf = ({ connections, claims }: SharedAccount): ReadonlyMap<DidKey, ConnectionId> => {
  const rank = (claim: NumberClaim): number =>
    connections.indexOf(claim.connectionId) + connections.length * (claim.isDeclared ? 0 : claim.hasAgent ? 1 : 2);
  const best = new Map<DidKey, NumberClaim>();
  for (const claim of claims) {
    const other = best.get(claim.key);
    if (other === undefined || rank(claim) < rank(other)) best.set(claim.key, claim);
  }
  return new Map([...best].map(([key, { connectionId }]) => [key, connectionId]));
};
