import type { Binding, BindingId, ConnectionId, DidKey } from '@dialtone/domain';
import type { Lease } from './leases';
import type { RepairMemory } from './contest';
import type { Course, Outcome, OutcomeKind } from './outcome';

/** The part of a status that a stall is compared by. */
export interface StallStatus {
  readonly outcome: OutcomeKind | 'pending';
  readonly message: string | null;
  /** Looks in a row that found the same stall and nothing else triggered. */
  readonly stalls: number;
}

/** A binding that is due, with the lease of its DID. */
export interface ClaimedBinding {
  readonly binding: Binding;
  readonly lease: Lease;
  /** Number of attempts since the last settled outcome; those that ended in a known wait (`progressing`) do not count. */
  readonly attempts: number;
  /** How it stood before; `stalls` is 0 when it was triggered since. */
  readonly before: StallStatus;
  readonly repairs: RepairMemory;
  /** Value of the trigger counter at claim time: a trigger during the work makes the key due again at once. */
  readonly triggerSeq: bigint;
  /** How long it had been due when it was claimed. */
  readonly overdueMs: number;
  /** The trace that made it due and has not been served yet; absent while nothing is traced. */
  readonly traceparent?: string;
}

/** The work queue: rows of `bindings` by `due_at`, claimed with SKIP LOCKED together with the DID's lease. */
export interface BindingQueue {
  claim(owner: string, limit: number, leaseTtlMs: number): Promise<readonly ClaimedBinding[]>;
  /**
   * Writes the outcome (status, attempts, next due time) and releases the lease, in one transaction. Does nothing to
   * the schedule when the lease was lost. `delayMs` counts from the store's now. `course`: null or absent when it ended before
   * there was a plan.
   */
  complete(claimed: ClaimedBinding, outcome: Outcome, delayMs: number, course?: Course | null): Promise<void>;
  /** Milliseconds until the next binding is due (0: now), or null when none is scheduled. */
  nextDueInMs(): Promise<number | null>;
  find(connectionId: ConnectionId, key: DidKey): Promise<Binding | null>;
  findById(id: BindingId): Promise<Binding | null>;
}
