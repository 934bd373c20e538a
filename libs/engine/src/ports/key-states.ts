import type { FlapLimits, FlapMemory } from './flapping';
import type { EngineSettings } from './settings';
import type {
  Advisory,
  AgentId,
  ConnectionId,
  DeclaredBot,
  DidKey,
  FoundAdvisory,
  KeyObservation,
  OpenDrift,
  PresenceMemory,
  Readiness,
} from '@dialtone/domain';

/** What is stored of one key: the last complete verdict and the memory that the next judgement needs. */
export interface StoredKey {
  readonly key: DidKey;
  readonly state: Readiness['state'];
  readonly issues: Readiness['issues'];
  readonly stale: boolean;
  /** Database time (epoch ms) of the observation behind the verdict; 0 before the first. */
  readonly observedAt: number;
  readonly presence: PresenceMemory;
  readonly drift: OpenDrift | null;
  /** Fingerprint of verdict and observation, to tell "unchanged" without comparing them. */
  readonly digest: string;
  /** What a binding declares about this key, as far as judging needs it; null while none does. */
  readonly declared: ({ readonly agentId: AgentId } & DeclaredBot) | null;
  /** What is said beside the verdict. */
  readonly advisories: readonly Advisory[];
  /** What is remembered of how the verdict changed; null: nothing. */
  readonly flap: FlapMemory | null;
}

/**
 * Which keys of a connection to load. `range`: those after one key and through another, in the order of their text; null
 * is no bound. `picked`: those in one of the buckets (see `bucketOf`; all of as many
 * digits), those named, and those that are declared for one
 * of the clients.
 */
export type KeySelection =
  | { readonly kind: 'range'; readonly after: DidKey | null; readonly through: DidKey | null }
  | {
      readonly kind: 'picked';
      readonly buckets: readonly string[];
      readonly keys: readonly DidKey[];
      readonly clientIds: readonly number[];
    };

/** The part of a connection's keys that a key belongs to: its last `digits` digits, which are spread evenly. */
export const bucketOf = (key: DidKey, digits: number): string => key.slice(-digits);

/** What is stored of all keys of a connection, in short. */
export interface StoredSummary {
  /**
   * Per bucket with keys: as long as it is the same, so is everything that a judgement takes from the store about every
   * key of that bucket: verdict, digest, staleness, presence, declaration, local row and its agent.
   */
  readonly fingerprints: ReadonlyMap<string, string>;
  readonly keys: number;
  /** How many of them are declared. */
  readonly declared: number;
}

/** One key's new knowledge. Written only if nothing newer than `observation.observedAt` is stored. */
export interface KeyUpdate {
  readonly observation: KeyObservation;
  readonly readiness: Readiness;
  readonly digest: string;
  /** Null: the lists leave it open. */
  readonly advisories: readonly FoundAdvisory[] | null;
  /** The trace that found it; absent: that of the call. */
  readonly traceparent?: string;
}

export interface ApplyOptions {
  /** A bound key whose verdict changed is made due. */
  readonly makeDue: boolean;
  /** None of the keys had a row when it was judged: rows are made without a look. For those that have one by now nothing is different. */
  readonly areFirst?: boolean;
  /** How long a verdict counts without having been confirmed, ms; absent: it is not dated by its age. */
  readonly freshForMs?: number;
  /** Absent: no change counts for flapping. */
  readonly flapping?: FlapLimits;
  /** What the deployment lets Dialtone write; absent: the time to READY is not told. */
  readonly deployment?: Pick<EngineSettings, 'mode' | 'dryRun'>;
}

/**
 * Verdicts per DID. Each write locks the DID's row first, raises its per-DID event sequence, and writes the state and
 * its events in one transaction. What the verdict means is decided by `transition` on the locked row, so that a drift is
 * never opened twice, left open, or resolved after it is gone, whatever was written in between.
 */
export interface KeyStates {
  /** All keys known for a connection, or the selected ones: verdicts, bindings and local rows. */
  load(connectionId: ConnectionId, only?: KeySelection): Promise<ReadonlyMap<DidKey, StoredKey>>;
  /** One statement, and a short row per bucket; buckets of 1 to 7 digits. */
  summary(connectionId: ConnectionId, bucketDigits: number): Promise<StoredSummary>;
  loadOne(connectionId: ConnectionId, key: DidKey): Promise<StoredKey | null>;
  /**
   * Stores what changed, with its events, in batches of one transaction each; an update that says the same as the stored
   * verdict, or whose stored verdict is newer, is left out. Its row is locked all the same, and a lock is a write: callers
   * ask `isNews` first. A bound key whose verdict changed is made due when `makeDue` is set (the sweep), and not otherwise.
   * Of a disconnected connection nothing is stored: its verdicts have ended. Returns the keys that were written.
   */
  apply(connectionId: ConnectionId, updates: readonly KeyUpdate[], options: ApplyOptions): Promise<readonly DidKey[]>;
  /**
   * Ends the verdicts, drifts and advisories of these keys, with their events: another connection of the account answers for
   * them. Those that have none are left as they are.
   */
  end(connectionId: ConnectionId, keys: readonly DidKey[]): Promise<void>;
  /**
   * Ends the flapping of at most `limit` numbers whose verdicts have stayed the same for long enough, and tells what each came to.
   * Returns how many there were.
   */
  endFlapping(limit: number): Promise<number>;
  /** Milliseconds until the next flapping is over (0: now), or null when none is under way. */
  nextFlapEndInMs(): Promise<number | null>;
}
