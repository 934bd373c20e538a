import type { StoredEvent } from '@dialtone/contracts';

/** The transactional outbox: events are logged in the transaction that makes them true. Reads sequenced events only. */
export interface EventLog {
  /**
   * Events with a higher position, ascending and without a gap, at most `limit`. Not yet sequenced events are not there.
   * `part` leaves some of them out.
   */
  read(afterPosition: bigint, limit: number, part?: LogPart): Promise<readonly StoredEvent[]>;
  /** What follows a position, all of it as of one moment. Later no event appears that the page should have had. */
  readOn(afterPosition: bigint, limit: number, stretch: LogStretch): Promise<LogPage>;
  /** The highest position given so far; 0n for an empty log. */
  lastPosition(): Promise<bigint>;
  /**
   * Deletes at most `limit` of the oldest events that the cursor of their type has passed and that are older than
   * `olderThanMs`; returns how many. Types without a cursor stay. Positions are never given again.
   */
  prune(request: {
    readonly cursorOf: Readonly<Record<string, string>>;
    readonly olderThanMs: number;
    readonly limit: number;
  }): Promise<number>;
}

/** A part of the log for a reader of some types. */
export interface LogPart {
  /** Types that are left out. Types that a later version logs are in every part. */
  readonly except: readonly string[];
  /** The last position that is looked at: bounds the work when most events are left out. */
  readonly until: bigint;
}

/** What a reader of some types looks at. */
export interface LogStretch extends Pick<LogPart, 'except'> {
  /** So many positions at most. */
  readonly span: number;
}

export interface LogPage {
  readonly events: readonly StoredEvent[];
  /** Up to here all events are on the page, or are left out. */
  readonly until: bigint;
  /** The highest position given. */
  readonly end: bigint;
}

/** Where each reader of the log has got to. */
export interface Cursors {
  /** Position of the last event that was delivered; 0n for a cursor that never moved. */
  get(name: string): Promise<bigint>;
  /** Compare and set. False, and nothing changed, when the cursor is not at `from`: another reader moved it. */
  advance(name: string, from: bigint, to: bigint): Promise<boolean>;
}

/**
 * A cursor `name` with branches `name:part` that read parts of the same log. The trunk stands where everything before it is
 * delivered in every part: a version without branches can go on from it.
 */
export interface BranchingCursors extends Cursors {
  /** Makes the branches that are missing, and brings those that are behind the trunk up to it. Idempotent. */
  branch(name: string, parts: readonly string[]): Promise<void>;
  /** Moves the trunk up to its last branch, also of parts that this version does not know; never back. */
  follow(name: string): Promise<void>;
}

/**
 * Gives committed events their gap-free positions, in the order in which they were written. One process at a time does
 * it: callers hold the lease `SEQUENCER_RESOURCE`, and an advisory lock keeps two that believe so apart.
 */
export interface EventSequencer {
  /** Returns how many events got a position; fewer than `limit` means that there are no more for now. */
  assign(limit: number): Promise<number>;
  /** The same, and shows those events if there are no more than `shown` of them, so that nobody has to look for them. */
  assignAndShow(limit: number, shown: number): Promise<Numbered>;
}

export interface Numbered {
  readonly count: number;
  /** All of them, in order; empty when there are too many to show. */
  readonly events: readonly StoredEvent[];
}

export const SEQUENCER_RESOURCE = 'sequencer';
