import type { ConnectionId, SectionWarning } from '@dialtone/domain';
import type { SweepableConnection } from './connections';
import type { Lease } from './leases';

export interface ClaimedSweep {
  readonly connection: SweepableConnection;
  readonly lease: Lease;
}

export interface SweepReport {
  /** Null when the lists were not read: then the stored warnings stand. */
  readonly warnings: readonly SectionWarning[] | null;
  /** Every list was read to its end, although single rows may not have been readable. Absent: as the warnings say. */
  readonly readToEnd?: boolean;
  /** Null when the upstream answered; otherwise shown as `last_error_message`. */
  readonly error: string | null;
  /** How long a verdict counts without having been confirmed, ms; absent: gaps between looks are not noted. */
  readonly freshForMs?: number;
  /** True: no list could be read, because VoiceLink refuses the credentials. */
  readonly credentialsRefused?: boolean;
}

/** The other work queue: active VoiceLink connections by `sweep_due_at`. */
export interface SweepQueue {
  claimSweep(owner: string, leaseTtlMs: number): Promise<ClaimedSweep | null>;
  /** The sweep of one connection, due or not. Null while another owner has it, and for a connection that is not swept. */
  claimSweepOf(id: ConnectionId, owner: string, leaseTtlMs: number): Promise<ClaimedSweep | null>;
  /** Stores the report (a warning event only when the set of warnings changed), schedules the next sweep, releases the lease. */
  completeSweep(claimed: ClaimedSweep, report: SweepReport, nextInMs: number): Promise<void>;
}
