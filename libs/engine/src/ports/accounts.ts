import type { ConnectionId } from '@dialtone/domain';
import type { RateLane } from './rate-budget';
import type { VoiceLinkAccount } from './upstream';

/** No key of this process opens the stored credentials, or they were tampered with; the two cannot be told apart. */
export class CredentialsUnreadableError extends Error {
  override readonly name = 'CredentialsUnreadableError';

  constructor(connectionId: string, cause: unknown) {
    super(`The stored credentials of connection ${connectionId} cannot be opened: is the key that sealed them gone?`, {
      cause,
    });
  }
}

/** Opens the VoiceLink account behind a connection; the same object for the same credentials and lane. */
export interface Accounts {
  /** Null when the connection is missing, disconnected or not VoiceLink, or its base URL is not one that may be called. Throws CredentialsUnreadableError. */
  open(connectionId: ConnectionId, lane: RateLane): Promise<VoiceLinkAccount | null>;
}
