import type { Contest } from './contest';
import type { ConnectionId, DidKey, Labels, Modes, PartnerId, Restraint, SharedAccount } from '@dialtone/domain';

/** A connection that the sweep looks after. Credentials stay inside the adapter. */
export interface SweepableConnection {
  readonly id: ConnectionId;
  readonly partnerId: PartnerId;
  /** Set while writes are held; see the guard in docs/architecture. */
  readonly writesHeld: string | null;
  /** Equal for connections that are known to be of one VoiceLink account. Names no partner and never leaves Dialtone. */
  readonly accountId: string;
  /** False: VoiceLink has not been asked yet whose account it is. */
  readonly isOwnerKnown: boolean;
}

/** Bot id to the time of its mark: epoch ms, store's clock. */
export type MisreportedBots = ReadonlyMap<number, number>;

/** What is set about the writes of one number, beside its declaration and the deployment. */
export interface NumberSteering {
  /** When it was read: epoch ms, store's clock. */
  readonly now: number;
  readonly modes: Pick<Modes, 'partner' | 'connection'>;
  /** What stands at that time. */
  readonly standing: readonly Restraint[];
}

/** A number on a connection, as it is to be planned. */
export interface PlannedPlace {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
  /** What the number will be labelled with; absent: what it is. */
  readonly labels?: Labels;
}

/** What the plan of a number stands on, beside the observation. */
export interface PlanningGround {
  readonly steering: NumberSteering;
  readonly accountId: string;
  readonly misreported: MisreportedBots;
  /** Of the declaration that stands, while it stands; null: none. */
  readonly contest: Contest | null;
}

/** What the engine reads and marks of connections beside their sweeps. */
export interface VoiceLinkConnections {
  /**
   * Holds every write that Dialtone decides (repairs, call-ready) until an operator acknowledges it; one event. Does nothing
   * while a hold stands.
   */
  holdWrites(id: ConnectionId, reason: string): Promise<void>;
  /** Notes whose account VoiceLink says it is (the id of its reseller); null: VoiceLink does not say. */
  noteOwner(id: ConnectionId, resellerId: string | null): Promise<void>;
  /**
   * Looks whether other connections are of the same account, by login or reseller, and joins them; begins or ends the advisory
   * about it, each with one event. Writes nothing when that is known already.
   */
  recognise(id: ConnectionId): Promise<void>;
  /** The partner's active connections on this account, with all claims on its numbers or on the given ones. Reads only. */
  sharedAccount(id: ConnectionId, keys?: readonly DidKey[]): Promise<SharedAccount>;
  /** Null when it is missing, disconnected or not VoiceLink. */
  find(id: ConnectionId): Promise<SweepableConnection | null>;
  /** Declared or not, known or not. Null when `find` finds nothing. */
  steering(id: ConnectionId, key: DidKey): Promise<NumberSteering | null>;
  /** The same of many numbers in one look, in their order, with the rest that their plans stand on. */
  planningGround(numbers: readonly PlannedPlace[]): Promise<readonly (PlanningGround | null)[]>;
  /** Bots of the account whose listed status is believed to be wrong. */
  misreportedBots(id: ConnectionId): Promise<MisreportedBots>;
  /** Marks a bot from now on; marking again renews the time. */
  markMisreportedBot(id: ConnectionId, botId: number): Promise<void>;
  /** Removes marks older than `seenAt` (epoch ms, store's clock): something later contradicts them. */
  unmarkMisreportedBots(id: ConnectionId, botIds: readonly number[], seenAt: number): Promise<void>;
}
