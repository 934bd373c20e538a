import type {
  AgentId,
  Binding,
  BindingSpec,
  ConnectionId,
  DeclarationMarks,
  DidKey,
  LabelSelector,
  PartnerId,
  ReadinessState,
} from '@dialtone/domain';
import type {
  ConditionRecord,
  DeclarationRefusal,
  OutcomeKind,
  Precondition,
  WithdrawalDecision,
} from '@dialtone/engine';
import type { Page } from './page';
import type { StoredReadiness } from './readiness-store';

/** How the last reconcile of a binding went. */
export interface BindingStatus {
  readonly outcome: OutcomeKind | 'pending';
  /** What it waits for, what failed, or what to do; null when settled. */
  readonly message: string | null;
  /** Generation that the last completed reconcile worked on; 0 before the first. */
  readonly observedGeneration: number;
  readonly attempts: number;
  readonly lastReconciledAt: Date | null;
  readonly nextReconcileAt: Date;
}

export interface BindingView {
  readonly binding: Binding;
  readonly marks: DeclarationMarks;
  readonly agentName: string;
  /** The declared agent is gone: another one has to be declared. */
  readonly agentDeleted: boolean;
  readonly status: BindingStatus;
  readonly readiness: StoredReadiness;
  /** What dates its conditions. */
  readonly record: ConditionRecord;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type DeclareResult =
  { readonly kind: 'created' | 'updated' | 'unchanged'; readonly view: BindingView } | DeclarationRefusal;

/**
 * Bindings as the gateway uses them. Every method is scoped to a partner; another partner's rows answer like missing ones.
 * A declaration, its event and its due time are one transaction; declaring the same again writes nothing.
 */
export interface BindingStore {
  /** Throws QuotaReachedError when it would be one more than the partner may have. */
  declare(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly spec: BindingSpec;
    /** None unless given. */
    readonly marks?: DeclarationMarks;
    /** Also when another manager has the number. */
    readonly takeOver?: boolean;
    readonly actor: string;
    readonly precondition: Precondition;
    /** The quota of bindings, unless the operator has set another one; any number unless given. */
    readonly atMost?: number;
  }): Promise<DeclareResult>;
  find(partnerId: PartnerId, key: DidKey): Promise<BindingView | null>;
  /** Those of any partners that are declared, in one statement and in no order. */
  findAll(places: readonly Pick<Binding, 'partnerId' | 'key'>[]): Promise<readonly BindingView[]>;
  list(input: {
    readonly partnerId: PartnerId;
    readonly connectionId?: ConnectionId;
    readonly state?: ReadinessState;
    readonly agentId?: AgentId;
    readonly labels?: LabelSelector;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<Page<BindingView>>;
  remove(input: {
    readonly partnerId: PartnerId;
    readonly key: DidKey;
    readonly actor: string;
    readonly precondition: Precondition;
    /** In whose name; nobody's unless given. */
    readonly manager?: string | null;
    readonly takeOver?: boolean;
  }): Promise<WithdrawalDecision>;
  /** Makes it due now. Null when it does not exist. */
  trigger(partnerId: PartnerId, key: DidKey): Promise<{ readonly dueAt: Date } | null>;
}
