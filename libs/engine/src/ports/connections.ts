import type { ConnectionId, PartnerId } from '@dialtone/domain';

/** A connection that the sweep looks after. Credentials stay inside the adapter. */
export interface SweepableConnection {
  readonly id: ConnectionId;
  readonly partnerId: PartnerId;
  /** Set while writes are held; see the guard in docs/architecture. */
  readonly writesHeld: string | null;
}

/** By id of the bot: since when, epoch ms, store's clock. */
export type MisreportedBots = ReadonlyMap<number, number>;

/** What the engine reads and marks of connections beside their sweeps. */
export interface VoiceLinkConnections {
  /**
   * Holds every write that is decided here (repairs, call-ready) until somebody acknowledges it; one event. Nothing happens when
   * it is held already.
   */
  holdWrites(id: ConnectionId, reason: string): Promise<void>;
  /** Null when it is missing, disconnected or not VoiceLink. */
  find(id: ConnectionId): Promise<SweepableConnection | null>;
  /** Bots whose listed status is believed to be wrong. */
  misreportedBots(id: ConnectionId): Promise<MisreportedBots>;
  /** From now on; of one that is marked already the time is renewed. */
  markMisreportedBot(id: ConnectionId, botId: number): Promise<void>;
  /** Ends what was marked before `seenAt` (epoch ms, store's clock): something later speaks against it. */
  unmarkMisreportedBots(id: ConnectionId, botIds: readonly number[], seenAt: number): Promise<void>;
}
