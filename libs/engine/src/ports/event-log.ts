import type { StoredEvent } from '@dialtone/contracts';

/** The transactional outbox: events are logged in the transaction that makes them true. Reads sequenced events only. */
export interface EventLog {
  /** Events with a higher position, ascending and without a gap, at most `limit`. Not yet sequenced events are not there. */
  read(afterPosition: bigint, limit: number): Promise<readonly StoredEvent[]>;
  /** As `read`, but only one partner's events (their positions have gaps): for streams that a partner watches. */
  readPartner(partnerId: string, afterPosition: bigint, limit: number): Promise<readonly StoredEvent[]>;
  /** The highest position given so far; 0n for an empty log. */
  lastPosition(): Promise<bigint>;
  /**
   * Deletes at most `limit` of the oldest events that the cursor has passed and that are older than `olderThanMs`; returns
   * how many. Positions are never given again.
   */
  prune(request: { readonly cursor: string; readonly olderThanMs: number; readonly limit: number }): Promise<number>;
}

/** Where each reader of the log has got to. */
export interface Cursors {
  /** Position of the last event that was delivered; 0n for a cursor that never moved. */
  get(name: string): Promise<bigint>;
  /** Compare and set. False, and nothing changed, when the cursor is not at `from`: another reader moved it. */
  advance(name: string, from: bigint, to: bigint): Promise<boolean>;
}

/**
 * Gives committed events their gap-free positions, in the order in which they were written. One process at a time does
 * it: callers hold the lease `SEQUENCER_RESOURCE`, and an advisory lock keeps two that believe so apart.
 */
export interface EventSequencer {
  /** Returns how many events got a position; fewer than `limit` means that there are no more for now. */
  assign(limit: number): Promise<number>;
}

export const SEQUENCER_RESOURCE = 'sequencer';
