import type { RemoteDid } from './remote';

/**
 * The purchase that counts for a key: one that is not marked expired, else any; of those one that is mapped, so that a
 * number which a client has already is never mapped again through its other row; of those the lowest did_id.
 */
export const purchaseOf = (dids: readonly RemoteDid[] | null): RemoteDid | null =>
  (dids !== null && dids.length > 1
    ? dids.toSorted((a, b) => rankOf(a) - rankOf(b) || a.didId - b.didId)[0]
    : dids?.[0]) ?? null;

const rankOf = (did: RemoteDid): number => (did.isExpired === true ? 2 : 0) + (did.clientId === null ? 1 : 0);
