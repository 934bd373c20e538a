import type { ConnectionId } from '@dialtone/domain';
import type { RateLane } from './rate-budget';
import type { VoiceLinkAccount } from './upstream';

/** Opens the VoiceLink account behind a connection; the same object for the same credentials and lane. */
export interface Accounts {
  /** Null when the connection is missing, disconnected or not VoiceLink, or its base URL is not one that may be called. */
  open(connectionId: ConnectionId, lane: RateLane): Promise<VoiceLinkAccount | null>;
}
