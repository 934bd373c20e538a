import type { CallStatus, ConnectionId, NextLook } from '@dialtone/domain';
import type { TelephonyProvider } from './telephony-providers';

/** A call that is silent. */
export interface DueLook {
  readonly id: string;
  readonly connectionId: ConnectionId;
  readonly provider: TelephonyProvider;
  readonly status: CallStatus;
  readonly carrierId: string | null;
  /** How long nothing new was heard, ms. */
  readonly silentMs: number;
  /** How often it was looked at in that time, this time included. */
  readonly looks: number;
}

/** Calls that are not over and of which nothing is heard. */
export interface CallWatches {
  /** The call that is due longest. No other process gets it for some minutes. Null: none is due. */
  take(): Promise<DueLook | null>;
  /** Notes what follows a look that told nothing new; false when something was heard meanwhile. */
  noteSilence(look: DueLook, next: NextLook): Promise<boolean>;
  /** Deletes up to `limit` calls that began so long ago and are over or given up, the oldest first; how many. */
  forget(request: { readonly olderThanMs: number; readonly limit: number }): Promise<number>;
}
