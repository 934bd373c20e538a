import type { ConnectionId, DidKey, ReadinessState, Section, SectionWarning, StepKind } from '@dialtone/domain';
import type { OutcomeKind } from './outcome';

/** What the engine tells its surroundings for logs and metrics; nothing is decided from it. */
export interface EngineObserver {
  reconciled(event: {
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly outcome: OutcomeKind;
    readonly message: string | null;
    readonly state: ReadinessState;
    readonly durationMs: number;
    /** Since the binding was claimed for the first time after it last settled. */
    readonly attempts: number;
    /** Looks in a row that found the same stall; 0 when it is not stalled. */
    readonly stalls: number;
  }): void;
  stepTaken(event: {
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly step: StepKind;
    readonly result: 'done' | 'refused' | 'waiting' | 'unverified';
    readonly detail: string;
  }): void;
  swept(event: {
    readonly connectionId: ConnectionId;
    readonly keys: number;
    /** Of which something differed from the last sweep. */
    readonly judged: number;
    readonly changed: number;
    readonly warnings: readonly SectionWarning[];
    /** Every list was read to its end. */
    readonly complete: boolean;
    /** Rows that could not be read, of the lists that were read to their end. */
    readonly setAside: Readonly<Record<Section, number>>;
    readonly held: string | null;
    readonly durationMs: number;
  }): void;
  /** An error that no outcome covers: a bug, or a store that is away. The loop goes on. */
  failed(event: { readonly where: 'reconcile' | 'sweep' | 'queue'; readonly error: unknown }): void;
}
