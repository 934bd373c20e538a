import type { ClientListing, ConnectionId } from '@dialtone/domain';

/** What is known of the VoiceLink clients of an account without asking VoiceLink. */
export interface KnownClients {
  /** By client. Empty: nothing is stored of the connection's list of clients. */
  find(connectionId: ConnectionId, clientIds: readonly number[]): Promise<ReadonlyMap<number, ClientListing>>;
  /** A client was created on the connection's account: lists that began before may lack it, on every connection of that account. */
  noteCreation(connectionId: ConnectionId): Promise<void>;
}
