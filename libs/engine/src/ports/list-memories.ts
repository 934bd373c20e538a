import type { Asked, ConnectionId, ListMemory, RememberedSection } from '@dialtone/domain';

/** What is stored for one list, at one time. */
export interface RecalledList {
  /** Store's time before anything else was read, epoch ms. */
  readonly now: number;
  /** The partner's active connections on the account, oldest first, with their holds. */
  readonly connections: readonly Asked[];
  /** Null: no list was ever remembered. `memory` null: it is that of the version which the caller has. */
  readonly stored: { readonly version: number; readonly memory: ListMemory | null } | null;
}

/**
 * What complete lists of VoiceLink have shown, for all processes and across restarts. It belongs to the account, as far as one
 * partner uses it: what one of its connections was shown holds for the others. Another partner's connections on the account
 * have a memory of their own.
 *
 * A save counts only on the version that it was made from: of two processes that list at the same time, the later one looks
 * again. No two memories have the same version, so that one which is recalled after a connection has changed its account is
 * not taken for the one before.
 */
export interface ListMemories {
  /** `known`: the version whose memory the caller has; null: none. */
  recall(connectionId: ConnectionId, section: RememberedSection, known: number | null): Promise<RecalledList>;
  /** The new version; null: another one than `basis` is stored, and nothing was written. Null as `basis`: none is stored. */
  save(
    connectionId: ConnectionId,
    section: RememberedSection,
    memory: ListMemory,
    basis: number | null,
  ): Promise<number | null>;
  /**
   * A list that was requested at `at` (store's time) was whole: complete, not suspect, every row read; and the memory of this
   * version knows all its rows. A client that this memory does not know was not there. Nothing happens if another version is stored.
   */
  vouch(connectionId: ConnectionId, section: RememberedSection, version: number, at: number): Promise<void>;
  /**
   * Ids of the client's bots that lists have shown to other partners since `since` (store's time, epoch ms), or have lacked only
   * since then. For the one question whether a bot may be made: nothing of it may be told.
   */
  botsShownToOthers(connectionId: ConnectionId, clientId: number, since: number): Promise<readonly number[]>;
}
