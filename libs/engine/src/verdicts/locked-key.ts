import { NOTHING_SEEN, type ConnectionId, type DidKey, type DriftId, type PartnerId } from '@dialtone/domain';
import type { FlapLimits } from '../ports/flapping';
import type { Author } from '../ports/history';
import type { StoredKey } from '../ports/key-states';
import type { Watch } from './freshness-turn';

/** A DID's row as it is while it is locked. */
export interface LockedKey {
  readonly stored: StoredKey;
  /** Number of the last event of this DID. */
  readonly eventSeq: number;
  /** When the present generation of its declaration was declared, epoch ms; absent: it is not known, or nothing is declared. */
  readonly declaredAt?: number | null;
  /** When the verdict was last READY, not READY or UNKNOWN after it had been something else, epoch ms; absent: it is not known. */
  readonly readySince?: number | null;
}

export interface TransitionScope {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  /** Store's time, epoch ms. */
  readonly now: number;
  readonly mintDriftId: () => DriftId;
  /** Absent: nothing is known of how long verdicts count. */
  readonly watch?: Watch;
  /** Absent: no change counts for flapping. */
  readonly flapping?: FlapLimits;
  /** Whose look it is; absent: the reconciler's. */
  readonly author?: Author;
}

/** A key that has only a local row, or that is about to be stored for the first time. */
export const neverSeen = (key: DidKey): LockedKey => ({
  stored: {
    key,
    state: 'UNKNOWN',
    issues: [],
    stale: false,
    observedAt: 0,
    presence: NOTHING_SEEN,
    drift: null,
    digest: '',
    declared: null,
    advisories: [],
    flap: null,
  },
  eventSeq: 0,
});
