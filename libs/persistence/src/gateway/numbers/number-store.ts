import type {
  AgentId,
  BindingMode,
  ConnectionId,
  Issue,
  LabelSelector,
  PartnerId,
  ReadinessState,
} from '@dialtone/domain';

/** Which numbers of a partner are meant: those of its verdicts, declared or not. What is left out selects nothing. */
export interface NumberSelection {
  readonly partnerId: PartnerId;
  readonly connectionId?: ConnectionId;
  /** Any of these. */
  readonly states?: readonly ReadinessState[];
  /** With this issue, the first one or another. */
  readonly issue?: Issue;
  /** Digits that are anywhere in the number. */
  readonly digits?: string;
  /** Whether the verdict is stale when it is read; `freshForMs` is how long one counts without having been confirmed. */
  readonly stale?: { readonly is: boolean; readonly freshForMs: number };
  /** Whether a declaration has the number. */
  readonly declared?: boolean;
  /** Only keys with an open drift. */
  readonly drifting?: boolean;
  /** These four select declared numbers only. */
  readonly agentId?: AgentId;
  readonly mode?: BindingMode;
  readonly manager?: string;
  readonly labels?: LabelSelector;
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
  /** All counts are of one moment. */
  summary(
    selection: NumberSelection & { readonly freshForMs: number; readonly maxLabels: number },
  ): Promise<NumberSummary>;
}
