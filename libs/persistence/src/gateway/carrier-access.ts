import type { ConnectionId } from '@dialtone/domain';
import type { ConnectionCredentials } from './connection-store';
import type { TelephonyProvider } from './telephony-providers';

/** What one connection is opened with at a carrier other than VoiceLink. */
export interface StoredAccess {
  readonly id: ConnectionId;
  readonly provider: Exclude<TelephonyProvider, 'voicelink'>;
  readonly baseUrl: string | null;
  /** Null: no key of the ring opens them, or they are destroyed. */
  readonly credentials: ConnectionCredentials | null;
}

/** The credentials of carriers other than VoiceLink, for those who place calls and hear of them. */
export interface CarrierAccessStore {
  /**
   * Of a disconnected connection, too, while its credentials are kept: its calls go on, and their callbacks are signed. Null: no
   * such connection, or one of VoiceLink.
   */
  find(id: ConnectionId): Promise<StoredAccess | null>;
}
