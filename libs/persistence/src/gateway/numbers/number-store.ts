import type {
  AgentId,
  BindingMode,
  ConnectionId,
  DidKey,
  Issue,
  Labels,
  LabelSelector,
  PartnerId,
  ReadinessState,
} from '@dialtone/domain';
import type { OutcomeKind } from '@dialtone/engine';
import type { Page } from '../page';

/** Which numbers of a partner are meant: those of its verdicts, declared or not. What is left out selects nothing. */
export interface NumberSelection {
  readonly partnerId: PartnerId;
  readonly connectionId?: ConnectionId;
  /** This one, or any of these. */
  readonly state?: ReadinessState | readonly ReadinessState[];
  /** With this issue, the first one or another. */
  readonly issue?: Issue;
  /** Digits that are anywhere in the number. */
  readonly digits?: string;
  /** Whether the verdict is stale when it is read; `freshForMs` is how long one counts without having been confirmed. */
  readonly stale?: { readonly is: boolean; readonly freshForMs: number };
  /** Whether a declaration has the number, and is not withdrawn. */
  readonly declared?: boolean;
  /** Only what the list of bindings has, declared or being withdrawn; its order is by key alone. */
  readonly ofBindings?: true;
  /** Only keys with an open drift. */
  readonly drifting?: boolean;
  /** These four select numbers with a binding only. */
  readonly agentId?: AgentId;
  readonly mode?: BindingMode;
  readonly manager?: string;
  readonly labels?: LabelSelector;
}

/** In which order numbers are listed. Those that are alike are ordered by connection and key in the same direction. */
export interface NumberOrder {
  /** `since`: when it came into its state. `state`: its name. */
  readonly by: 'key' | 'since' | 'state';
  readonly descending: boolean;
}

export const BY_KEY: NumberOrder = { by: 'key', descending: false };

/** One page of a list of numbers. */
export interface NumberPage extends NumberSelection {
  /** By key unless given. */
  readonly order?: NumberOrder;
  readonly limit: number;
  /** Of the page before, in the same order. */
  readonly cursor?: string;
}

/** What is declared of a number, without what it takes to reconcile it. */
export interface NumberDeclaration {
  readonly agentId: AgentId;
  readonly mode: BindingMode;
  readonly manager: string | null;
  readonly labels: Labels;
  readonly outcome: OutcomeKind | 'pending';
}

/** What a table shows of one number. */
export interface NumberRow {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
  readonly state: ReadinessState;
  readonly issues: readonly Issue[];
  /** When it is read. */
  readonly isStale: boolean;
  /** As of `StoredReadiness`, epoch ms. */
  readonly observedAt: number | null;
  /** When it came into its state, epoch ms. */
  readonly since: number;
  readonly isDeclared: boolean;
  /** Also while it is being withdrawn. */
  readonly declaration: NumberDeclaration | null;
}

export type StateCounts = Readonly<Partial<Record<ReadinessState, number>>>;

/** The numbers of one connection. */
export interface NumberCounts {
  readonly connectionId: ConnectionId;
  readonly numbers: number;
  readonly declared: number;
  /** Whose verdict is stale now. */
  readonly stale: number;
  /** Of the verdict that was confirmed longest ago; null when none was ever observed. */
  readonly oldestObservedAt: Date | null;
  readonly states: StateCounts;
  readonly issues: Readonly<Partial<Record<Issue, number>>>;
}

/** How many declarations have a label. */
export interface LabelCount {
  readonly name: string;
  readonly value: string;
  readonly count: number;
}

export interface NumberSummary {
  /** By id; connections without such a number are left out. */
  readonly connections: readonly NumberCounts[];
  /** The most frequent ones first. */
  readonly labels: readonly LabelCount[];
  /** There are more labels than were asked for. */
  readonly hasMoreLabels: boolean;
}

/** The numbers of a partner, many at once. */
export interface NumberStore {
  /** By key within a connection, or of bindings by key alone. Throws InvalidCursorError. */
  list(page: NumberPage & { readonly freshForMs: number }): Promise<Page<NumberRow>>;
  count(selection: NumberSelection): Promise<number>;
  /** All counts are of one moment. */
  summary(
    selection: NumberSelection & { readonly freshForMs: number; readonly maxLabels: number },
  ): Promise<NumberSummary>;
}
