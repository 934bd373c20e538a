import type {
  ActionItem,
  AgentId,
  Binding,
  BindingSpec,
  ConnectionId,
  DidKey,
  DriftId,
  Issue,
  KeyObservation,
  PartnerId,
  ReadinessState,
} from '@dialtone/domain';
import type { OutcomeKind } from '@dialtone/engine';
import type { GrantedScope } from './scopes';

/** The stored verdict of one key, with its age. */
export interface StoredReadiness {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
  readonly state: ReadinessState;
  readonly issues: readonly Issue[];
  readonly actionItems: readonly ActionItem[];
  readonly stale: boolean;
  /** Null before the first observation. */
  readonly observedAt: Date | null;
  /** Seconds since `observedAt` by the database clock. */
  readonly ageSeconds: number | null;
  /** The last complete observation, for plans and for the readiness row's details. */
  readonly observation: KeyObservation | null;
  readonly drift: { readonly id: DriftId; readonly openedAt: Date } | null;
  readonly declared: boolean;
}

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
  readonly agentName: string;
  /** The declared agent is gone: another one has to be declared. */
  readonly agentDeleted: boolean;
  readonly status: BindingStatus;
  readonly readiness: StoredReadiness;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; null on the last page. */
  readonly nextCursor: string | null;
}

export type Precondition =
  | { readonly kind: 'none' }
  /** If-Match: only when it exists with this generation. */
  | { readonly kind: 'generation'; readonly generation: number }
  /** If-Match: * */
  | { readonly kind: 'exists' }
  /** If-None-Match: * */
  | { readonly kind: 'absent' };

export type DeclareResult =
  | { readonly kind: 'created' | 'updated' | 'unchanged'; readonly view: BindingView }
  | { readonly kind: 'precondition_failed'; readonly generation: number | null }
  | { readonly kind: 'agent_not_found' }
  /** Not an active connection of the partner. */
  | { readonly kind: 'connection_not_found' }
  /** The key is declared on another connection of the same partner. */
  | { readonly kind: 'connection_conflict'; readonly connectionId: ConnectionId };

/**
 * Bindings as the gateway uses them. Every method is scoped to a partner; another partner's rows answer like missing ones.
 * A declaration, its event and its due time are one transaction; declaring the same again writes nothing.
 */
export interface BindingStore {
  declare(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly spec: BindingSpec;
    readonly actor: string;
    readonly precondition: Precondition;
  }): Promise<DeclareResult>;
  find(partnerId: PartnerId, key: DidKey): Promise<BindingView | null>;
  list(input: {
    readonly partnerId: PartnerId;
    readonly connectionId?: ConnectionId;
    readonly state?: ReadinessState;
    readonly agentId?: AgentId;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<Page<BindingView>>;
  remove(input: {
    readonly partnerId: PartnerId;
    readonly key: DidKey;
    readonly actor: string;
    readonly precondition: Precondition;
  }): Promise<'removed' | 'not_found' | 'precondition_failed'>;
  /** Makes it due now. Null when it does not exist. */
  trigger(partnerId: PartnerId, key: DidKey): Promise<{ readonly dueAt: Date } | null>;
}

/** Verdicts as the gateway and other readers use them; ordered by key within a connection. */
export interface ReadinessStore {
  list(input: {
    readonly partnerId: PartnerId;
    readonly connectionId?: ConnectionId;
    readonly state?: ReadinessState;
    /** Only keys with an open drift. */
    readonly drifting?: boolean;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<Page<StoredReadiness>>;
}

export interface Principal {
  readonly partnerId: PartnerId;
  readonly apiKeyId: string;
  readonly scopes: readonly string[];
}

export interface PartnerRow {
  readonly id: PartnerId;
  readonly name: string;
}

export interface PartnerStore {
  /** Rejects when there is a partner of that name. */
  create(name: string): Promise<PartnerRow>;
  findByName(name: string): Promise<PartnerRow | null>;
  /** By name. */
  list(): Promise<readonly PartnerRow[]>;
  /**
   * Forgets the partner, whose history stays and whose name is free again. False, and nothing is changed, while it has an active
   * connection or an API key that is not revoked.
   */
  remove(id: PartnerId): Promise<boolean>;
}

/** What is kept of an API key: everything but its secret. */
export interface ApiKeyRow {
  readonly apiKeyId: string;
  readonly label: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To within five minutes; null before the first use. */
  readonly lastUsedAt: Date | null;
}

export interface ApiKeyStore {
  /**
   * The only time the whole key is visible: `rg_live_<key id>_<secret>`. Without `scopes` it may do everything that its
   * partner may; without `expiresAt` it does not expire.
   */
  issue(
    partnerId: PartnerId,
    label: string,
    limits?: { readonly scopes?: readonly GrantedScope[]; readonly expiresAt?: Date },
  ): Promise<{ readonly apiKeyId: string; readonly apiKey: string }>;
  /** Null for a malformed, unknown, expired or revoked key. Compares HMAC-SHA-256(pepper, secret) in constant time. */
  authenticate(apiKey: string): Promise<Principal | null>;
  /** False when this partner has no such key that is not revoked yet. */
  revoke(partnerId: PartnerId, apiKeyId: string): Promise<boolean>;
  /** All that were ever issued to the partner, oldest first. */
  list(partnerId: PartnerId): Promise<readonly ApiKeyRow[]>;
}
