import type {
  Binding,
  BindingSpec,
  ConnectionId,
  DeclarationMarks,
  DidKey,
  KeyObservation,
  LabelSelector,
  PartnerId,
  ReleasePolicy,
} from '@dialtone/domain';
import type {
  ConditionRecord,
  Contest,
  DeclarationRefusal,
  OutcomeKind,
  Precondition,
  StandingDeclaration,
  WithdrawalDecision,
} from '@dialtone/engine';
import type { NumberPage } from './numbers/number-store';
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
  /** Why it is not repaired for a while; null: no contest stands. */
  readonly contest: Contest | null;
  /** Of the last request to reconcile now that has been worked on; null: none had one. */
  readonly handledToken: string | null;
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

/** One of the declarations that are asked for; a key is asked for once. */
export interface AskedItem {
  readonly key: DidKey;
  readonly connectionId: ConnectionId;
  readonly spec: BindingSpec;
  readonly precondition: Precondition;
  /** None unless given. */
  readonly marks?: DeclarationMarks;
  /** Also when another manager has the number. */
  readonly takeOver?: boolean;
  readonly isClientMissing?: boolean;
}

/** What became of one of many, with its generation. */
export type ItemResult =
  { readonly kind: 'created' | 'updated' | 'unchanged'; readonly generation: number } | DeclarationRefusal;

/** One of the withdrawals that are asked for; a key is asked for once. */
export interface AskedWithdrawal {
  readonly key: DidKey;
  /** In whose name; null: in nobody's. */
  readonly manager: string | null;
  readonly takeOver: boolean;
  /** What has no manager, or another one by now, is not meant. */
  readonly ownOnly: boolean;
  /** Instead of what is declared. */
  readonly release?: ReleasePolicy;
}

/** One number as it was decided, with what it was decided on. */
export interface InspectedNumber<Result> {
  readonly result: Result;
  /** The declaration that stands. */
  readonly current: StandingDeclaration | null;
  /** Of the number on the connection that it is to be declared on, or is withdrawn from; null: none yet. */
  readonly observation: KeyObservation | null;
  /** When that was last confirmed. */
  readonly seenAt: Date | null;
}

/** In the order in which they were asked for. */
export interface Inspected {
  readonly declared: readonly InspectedNumber<ItemResult>[];
  readonly withdrawn: readonly InspectedNumber<WithdrawalDecision>[];
}

/**
 * Is shown what would become of each number before anything is written, also in a dry run. When it throws, nothing is written. What
 * is written was shown to it as it still is: declarations and observations of all numbers, written or not, are compared under
 * the locks of the write, and it is called again when one has changed.
 */
export type Inspect = (seen: Inspected) => Promise<void>;

export interface BatchResult {
  /** False: nothing is written, and the results say what would become of each. */
  readonly applied: boolean;
  /** In the order in which they were asked for. */
  readonly declared: readonly ItemResult[];
  readonly withdrawn: readonly WithdrawalDecision[];
}

/** Which declarations are meant. */
export interface DeclarationSelection {
  readonly partnerId: PartnerId;
  readonly connectionId?: ConnectionId;
  readonly labels?: LabelSelector;
  readonly manager?: string;
}

/**
 * Bindings as the gateway uses them. Every method is scoped to a partner; another partner's rows answer like missing ones.
 * A declaration, its event and its due time are one transaction; declaring the same again writes nothing. After an attempt at the
 * same request that ended without an answer, the results are those of that attempt.
 */
export interface BindingStore {
  /** Throws QuotaReachedError when it would be one more than the partner may have. */
  declare(
    input: AskedItem & {
      readonly partnerId: PartnerId;
      readonly actor: string;
      /** The quota of bindings, unless the operator has set another one; any number unless given. */
      readonly atMost?: number;
      readonly inspect?: Inspect;
    },
  ): Promise<DeclareResult>;
  /** Many in one transaction and two statements. `atomic`: all, or none when one is refused. `dryRun`: none. */
  changeAll(input: {
    readonly partnerId: PartnerId;
    readonly actor: string;
    readonly declare: readonly AskedItem[];
    readonly withdraw: readonly AskedWithdrawal[];
    readonly atomic: boolean;
    readonly dryRun: boolean;
    /** As of a single one. */
    readonly atMost?: number;
    readonly inspect?: Inspect;
  }): Promise<BatchResult>;
  /**
   * The selected keys but for `except`, at most `limit` in order, and how many there are with and without `except`. What an
   * earlier attempt at the same request withdrew was selected, too.
   */
  select(
    selection: DeclarationSelection & { readonly except: readonly DidKey[]; readonly limit: number },
  ): Promise<{ readonly keys: readonly DidKey[]; readonly left: number; readonly all: number }>;
  find(partnerId: PartnerId, key: DidKey): Promise<BindingView | null>;
  /** Those of any partners that are declared, in one statement and in no order. */
  findAll(places: readonly Pick<Binding, 'partnerId' | 'key'>[]): Promise<readonly BindingView[]>;
  /** By key unless another order is asked for. Throws InvalidCursorError. */
  list(page: NumberPage): Promise<Page<BindingView>>;
  remove(
    input: {
      readonly partnerId: PartnerId;
      readonly actor: string;
      readonly precondition: Precondition;
      /** What is declared on another one is not meant. */
      readonly connectionId?: ConnectionId;
    } & Pick<AskedWithdrawal, 'key'> &
      Partial<AskedWithdrawal>,
  ): Promise<WithdrawalDecision>;
  /** Makes it due now. Null when it does not exist. */
  trigger(partnerId: PartnerId, key: DidKey, token?: string | null): Promise<{ readonly dueAt: Date } | null>;
}
