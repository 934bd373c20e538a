import type { ConnectionId, Section, SectionWarning } from '@dialtone/domain';
import type { ConnectionRow, ConnectionStore, VoiceLinkCredentials } from './connection-store';
import type { Page } from './page';

/** What sweeps of a VoiceLink connection came to. Times are the store's. */
export interface SweepState {
  /** When the latest one began, which may be running. */
  readonly startedAt: Date | null;
  /** When the last one that came to its end did. */
  readonly endedAt: Date | null;
  /** When the last one began that read every list to its end. */
  readonly completeAt: Date | null;
  readonly dueAt: Date;
  readonly isRunning: boolean;
}

/** A list that lacks so much that its absences are not believed. */
export interface SuspectList {
  readonly section: Section;
  /** Epoch ms. */
  readonly since: number;
}

/** How far the login of a connection has used its requests up. */
export interface BudgetLevel {
  /** How long until nothing is used up any more, ms; 0: all may be sent. */
  readonly aheadMs: number;
  /** Epoch ms: VoiceLink asked to wait until then; null: it does not. */
  readonly blockedUntil: number | null;
}

export interface VoiceLinkState {
  /** The store's time, epoch ms. */
  readonly now: number;
  readonly sweep: SweepState;
  /** Of the last sweep that read any list. */
  readonly warnings: readonly SectionWarning[];
  readonly suspect: readonly SuspectList[];
  /** Epoch ms: since when writes are held; null when they are not, or it is not known. */
  readonly heldSince: number | null;
  /** As of the engine's `NotedBreaker`, epoch ms. */
  readonly unansweredUntil: number | null;
  /** Null: it has no login that can be read. */
  readonly budget: BudgetLevel | null;
}

export interface ConnectionState {
  readonly connection: ConnectionRow;
  /** Null: of another carrier. */
  readonly voicelink: VoiceLinkState | null;
}

/** Names the budget of a login in `RateBudget`. */
export type BudgetName = (access: { readonly baseUrl: string; readonly credentials: VoiceLinkCredentials }) => string;

/** How the connections of a partner are, without their numbers. */
export interface ConnectionStates {
  /** Oldest first. Throws InvalidCursorError. */
  list(
    page: Parameters<ConnectionStore['list']>[0] & { readonly budgetOf: BudgetName },
  ): Promise<Page<ConnectionState>>;
  /** A breaker of the connection opened for so long, ms, or closed: null. */
  noteBreaker(id: ConnectionId, openForMs: number | null): Promise<void>;
}
