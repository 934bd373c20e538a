import type {
  ActionItem,
  Advisory,
  ConnectionId,
  DidKey,
  DriftId,
  Issue,
  KeyObservation,
  LabelSelector,
  PartnerId,
  ReadinessState,
} from '@dialtone/domain';
import type { Page } from './page';

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
  /** What is said beside the verdict of a declared number. */
  readonly advisories: readonly Advisory[];
}

/** Verdicts as the gateway and other readers use them; ordered by key within a connection. */
export interface ReadinessStore {
  list(input: {
    readonly partnerId: PartnerId;
    readonly connectionId?: ConnectionId;
    readonly state?: ReadinessState;
    /** Only keys with an open drift. */
    readonly drifting?: boolean;
    /** Only declared keys with such labels. */
    readonly labels?: LabelSelector;
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<Page<StoredReadiness>>;
}
