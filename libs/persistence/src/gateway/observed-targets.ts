import type { ConnectionId, DidKey } from '@dialtone/domain';

/** Which number an id of VoiceLink belongs to, as observed last. Null: never observed, which does not mean that there is none. */
export interface ObservedTargets {
  keyOfDid(connectionId: ConnectionId, didId: number): Promise<DidKey | null>;
  /** The DID as VoiceLink listed it. */
  recordOfDid(connectionId: ConnectionId, didId: number): Promise<Readonly<Record<string, unknown>> | null>;
  keyOfRouting(connectionId: ConnectionId, routingId: number): Promise<DidKey | null>;
}
