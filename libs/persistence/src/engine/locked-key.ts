import type { ConnectionId, DriftId, PartnerId } from '@dialtone/domain';
import type { StoredKey } from '@dialtone/engine';

/** A DID's row as it is while it is locked. */
export interface LockedKey {
  readonly stored: StoredKey;
  /** Number of the last event of this DID. */
  readonly eventSeq: number;
}

export interface TransitionScope {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  /** Database time, epoch ms. */
  readonly now: number;
  readonly mintDriftId: () => DriftId;
}
