import type { AdvisoryCode, Issue, ReadinessState } from '@dialtone/domain';
import type { BindingStatus } from '../gateway/binding-store';

/** A connection as it is shown in metrics: by its id, or `other` for all that come after the first ones. */
export interface ConnectionCounts {
  readonly connection: string;
  readonly dids: readonly {
    readonly declared: boolean;
    readonly state: ReadinessState;
    readonly count: number;
    /** How many of them have a verdict that is not fresh: the last look did not confirm it, or was too long ago. */
    readonly stale: number;
  }[];
  /** For how long the declared number has not been READY for which that is longest; 0 when all are. From its declaration at most. */
  readonly oldestUnreadySeconds: number;
  readonly openDrifts: number;
  /** Open drifts by each of their issues: one drift counts once for every issue that it has. */
  readonly driftsByIssue: Readonly<Partial<Record<Issue, number>>>;
  /** Advisories that stand, by code. */
  readonly advisoriesByCode: Readonly<Partial<Record<AdvisoryCode, number>>>;
  /** Active connections of the partner on the same account are advised of each other: 0 or 1, more for `other`. */
  readonly sharing: number;
  /** Age of the oldest due binding; 0 when none is due. */
  readonly oldestDueSeconds: number;
  readonly unresolvedWrites: number;
  /** Age of the oldest write whose outcome is not known; 0 when there is none. */
  readonly oldestUnresolvedWriteSeconds: number;
  /** How many of its writes are held by a guard: 0 or 1, more for `other`. */
  readonly held: number;
  /** How many have credentials that VoiceLink refused in the last sweep. */
  readonly refused: number;
  /** Lists that lack so much of what they had that nothing is derived from what is missing. */
  readonly suspectLists: number;
  /** Declared numbers that are not repaired for a while, because repairs did not last. */
  readonly contested: number;
  /** When the last sweep began that read every list to its end, epoch seconds; before the first one when it was made. */
  readonly lastCompleteSweepAt: number;
}

/** How far a reader of the event log is behind; readers that differ only after a colon are shown as one, the slowest. */
export interface CursorLag {
  readonly cursor: string;
  readonly unsent: number;
  /** Age of the oldest event that it has not passed; 0 when there is none. */
  readonly oldestUnsentSeconds: number;
}

/** Numbers for metrics, counted now. Of what belongs to a connection only active VoiceLink connections count. */
export interface WorkCounts {
  readonly bindingsDue: number;
  readonly bindingsByOutcome: Readonly<Partial<Record<BindingStatus['outcome'], number>>>;
  readonly connections: readonly ConnectionCounts[];
  readonly cursors: readonly CursorLag[];
  /** Events that have no position yet. */
  readonly unsequenced: { readonly events: number; readonly oldestSeconds: number };
  /** Pauses of repairs that stand now, of any partner. */
  readonly pauses: { readonly standing: number; readonly oldestSeconds: number };
  /** Leases that are held now, by kind of resource. */
  readonly leasesByKind: Readonly<Record<string, number>>;
}

/** How many DIDs of a connection, named as in `ConnectionCounts`, have a verdict that is not fresh. */
export interface StaleCount {
  readonly connection: string;
  readonly declared: boolean;
  readonly stale: number;
}

export interface WorkStats {
  /**
   * @param cursors readers of the event log that count even before they have moved
   * @param maxConnections how many connections are told apart: the oldest
   * @param freshForMs how long a verdict counts without having been confirmed
   */
  counts(request: {
    readonly cursors: readonly string[];
    readonly maxConnections: number;
    readonly freshForMs: number;
  }): Promise<WorkCounts>;
  /** Only the counts that show a dead watcher; both kinds for every connection, also when none is stale. */
  stale(request: { readonly maxConnections: number; readonly freshForMs: number }): Promise<readonly StaleCount[]>;
}
