import type {
  ActionItem,
  Advisory,
  ConnectionId,
  DidKey,
  DriftId,
  Issue,
  KeyObservation,
  ReadinessState,
} from '@dialtone/domain';
import type { NumberPage } from './numbers/number-store';
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

/** Verdicts as the gateway and other readers use them; ordered by key within a connection unless another order is asked for. */
export interface ReadinessStore {
  /** Throws InvalidCursorError. */
  list(page: NumberPage): Promise<Page<StoredReadiness>>;
}
