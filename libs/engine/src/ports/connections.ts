import type { ConnectionId, PartnerId } from '@dialtone/domain';

/** A connection that the sweep looks after. Credentials stay inside the adapter. */
export interface SweepableConnection {
  readonly id: ConnectionId;
  readonly partnerId: PartnerId;
  /** Set while writes are held; see the guard in docs/architecture. */
  readonly writesHeld: string | null;
}

/** Bot id to the time of its mark: epoch ms, store's clock. */
export type MisreportedBots = ReadonlyMap<number, number>;

/** What the engine reads and marks of connections beside their sweeps. */
export interface VoiceLinkConnections {
  /**
   * Holds every write that Dialtone decides (repairs, call-ready) until an operator acknowledges it; one event. Does nothing
   * while a hold stands.
   */
  holdWrites(id: ConnectionId, reason: string): Promise<void>;
  /** Null when it is missing, disconnected or not VoiceLink. */
  find(id: ConnectionId): Promise<SweepableConnection | null>;
  /** Bots whose listed status is believed to be wrong. */
  misreportedBots(id: ConnectionId): Promise<MisreportedBots>;
  /** Marks a bot from now on; marking again renews the time. */
  markMisreportedBot(id: ConnectionId, botId: number): Promise<void>;
  /** Removes marks older than `seenAt` (epoch ms, store's clock): something later contradicts them. */
  unmarkMisreportedBots(id: ConnectionId, botIds: readonly number[], seenAt: number): Promise<void>;
}
