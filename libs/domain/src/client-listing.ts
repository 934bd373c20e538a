/** What is stored of one client, and of the list that it should be in. Times are epoch ms of the store's clock. */
export interface ClientListing {
  /** Complete lists have shown it, and it is not believed to be gone. */
  readonly isRemembered: boolean;
  /** So much is missing from the list that nothing follows from what it lacks. */
  readonly isSuspect: boolean;
  /** When the newest list was requested that was complete, not suspect, and without odd rows; null: none ever. */
  readonly wholeAt: number | null;
  /** When this service last passed on the creation of a client of the account; null: never. */
  readonly createdAt: number | null;
  readonly now: number;
}

/**
 * True only if a recent, whole list that began after the last creation lacks the client. Everything else leaves it open, and
 * open is not "no such client": an old list, one with odd rows, none at all.
 */
export const isClientMissing = (listing: ClientListing | null, freshForMs: number): boolean => {
  if (listing === null || listing.isRemembered || listing.isSuspect) return false;
  const { wholeAt, createdAt, now } = listing;
  if (wholeAt === null || now - wholeAt > freshForMs) return false;
  return createdAt === null || wholeAt > createdAt;
};
