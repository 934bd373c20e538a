import type { ConnectionId } from '@dialtone/domain';
import type { ConnectionCredentials, Verification } from './connection-store';
import type { TelephonyProvider } from './telephony-providers';

/** A connection whose credentials are to be verified again. */
export interface DueCheck {
  readonly id: ConnectionId;
  readonly provider: Exclude<TelephonyProvider, 'voicelink'>;
  readonly baseUrl: string | null;
  /** Null: no key of the ring opens them. */
  readonly credentials: ConnectionCredentials | null;
  /** What was read: a verdict on other credentials than the stored ones is not noted. */
  readonly sealed: Buffer;
}

/** `refused`: the carrier takes them no longer. */
export type CheckVerdict = Verification | { readonly kind: 'refused'; readonly message: string };

/** Verifies the credentials of carriers other than VoiceLink from time to time; VoiceLink's are verified by each sweep. */
export interface CarrierChecks {
  /** The active connection that is due longest. No other process gets it for some minutes. Null: none is due. */
  take(): Promise<DueCheck | null>;
  /**
   * Notes what was found, and when to look again: after hours, and sooner after an answer that says nothing. False when the
   * connection has other credentials by now, or is disconnected.
   */
  note(check: DueCheck, verdict: CheckVerdict): Promise<boolean>;
}
