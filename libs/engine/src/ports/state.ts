import type {
  AgentId,
  Binding,
  BindingId,
  ConnectionId,
  DidKey,
  KeyObservation,
  LocalPhoneNumber,
  OpenDrift,
  PartnerId,
  PresenceMemory,
  Readiness,
  SectionWarning,
} from '@dialtone/domain';
import type { Outcome } from '../outcome';
import type { Lease } from './leases';

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
  readonly declared: { readonly agentId: AgentId; readonly clientId: number | null } | null;
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
}

/**
 * Verdicts per DID. Each write locks the DID's row first, raises its per-DID event sequence, and writes the state and
 * its events in one transaction. What the verdict means for the DID's drift (`diffDrift`) is decided on the locked row,
 * so that a drift is never opened twice, left open, or resolved after it is gone, whoever else wrote in between.
 */
export interface KeyStates {
  /** All keys known for a connection, or the selected ones: verdicts, bindings and local rows. */
  load(connectionId: ConnectionId, only?: KeySelection): Promise<ReadonlyMap<DidKey, StoredKey>>;
  /** One statement, and a short row per bucket; buckets of 1 to 7 digits. */
  summary(connectionId: ConnectionId, bucketDigits: number): Promise<StoredSummary>;
  loadOne(connectionId: ConnectionId, key: DidKey): Promise<StoredKey | null>;
  /**
   * Stores what changed, with its events, in batches of one transaction each; an update whose stored verdict is newer is
   * left out. A bound key whose verdict changed is made due when `makeDue` is set (the sweep), and not otherwise.
   * Returns the keys that were written.
   */
  apply(
    connectionId: ConnectionId,
    updates: readonly KeyUpdate[],
    options: { readonly makeDue: boolean },
  ): Promise<readonly DidKey[]>;
}

/** A local inventory row with everything that is shown of it. Times are epoch ms. */
export interface LocalNumberRow extends LocalPhoneNumber {
  readonly friendlyName: string | null;
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly isDefault: boolean;
  readonly inboundEnabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The local inventory rows of a connection. */
export interface PhoneNumbers {
  /** All of a connection, or those of some keys. */
  byConnection(connectionId: ConnectionId, keys?: readonly DidKey[]): Promise<ReadonlyMap<DidKey, LocalPhoneNumber>>;
  /** All rows of a connection, or those of some keys, ordered by key. */
  rows(connectionId: ConnectionId, keys?: readonly DidKey[]): Promise<readonly LocalNumberRow[]>;
  find(connectionId: ConnectionId, key: DidKey): Promise<LocalPhoneNumber | null>;
  /** Upsert; an existing row is left as it is and returned. Null: there is none, and the connection is not active any more. */
  import(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly friendlyName: string;
  }): Promise<LocalPhoneNumber | null>;
  /**
   * The same for many numbers at once, each named by its key; existing rows are left as they are. Returns the new ones: none
   * on a connection that is not active any more.
   */
  importAll(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly keys: readonly DidKey[];
  }): Promise<readonly DidKey[]>;
  /** False when the agent does not exist, is deleted, or belongs to another partner. */
  assignAgent(input: {
    readonly partnerId: PartnerId;
    readonly connectionId: ConnectionId;
    readonly key: DidKey;
    readonly agentId: AgentId;
  }): Promise<boolean>;
}

/** A binding that is due, with the lease of its DID. */
export interface ClaimedBinding {
  readonly binding: Binding;
  readonly lease: Lease;
  /** Number of attempts since the last settled outcome; those that ended in a known wait (`progressing`) do not count. */
  readonly attempts: number;
  /** Value of the trigger counter at claim time: a trigger during the work makes the key due again at once. */
  readonly triggerSeq: bigint;
  /** How long it had been due when it was claimed. */
  readonly overdueMs: number;
}

/** The work queue: rows of `bindings` by `due_at`, claimed with SKIP LOCKED together with the DID's lease. */
export interface BindingQueue {
  claim(owner: string, limit: number, leaseTtlMs: number): Promise<readonly ClaimedBinding[]>;
  /**
   * Writes the outcome (status, attempts, next due time) and releases the lease, in one transaction. Does nothing to
   * the schedule when the lease was lost. `delayMs` counts from the store's now.
   */
  complete(claimed: ClaimedBinding, outcome: Outcome, delayMs: number): Promise<void>;
  /** Milliseconds until the next binding is due (0: now), or null when none is scheduled. */
  nextDueInMs(): Promise<number | null>;
  find(connectionId: ConnectionId, key: DidKey): Promise<Binding | null>;
  findById(id: BindingId): Promise<Binding | null>;
}

/** A connection that the sweep looks after. Credentials stay inside the adapter. */
export interface SweepableConnection {
  readonly id: ConnectionId;
  readonly partnerId: PartnerId;
  /** Set while writes are held; see Guards. */
  readonly writesHeld: string | null;
}

export interface ClaimedSweep {
  readonly connection: SweepableConnection;
  readonly lease: Lease;
}

export interface SweepReport {
  /** Null when the lists were not read: then the stored warnings stand. */
  readonly warnings: readonly SectionWarning[] | null;
  /** Null when the upstream answered; otherwise shown as `last_error_message`. */
  readonly error: string | null;
  /** True: no list could be read, because VoiceLink refuses the credentials. */
  readonly credentialsRefused?: boolean;
}

/** The other work queue: active VoiceLink connections by `sweep_due_at`. */
export interface Connections {
  claimSweep(owner: string, leaseTtlMs: number): Promise<ClaimedSweep | null>;
  /** The sweep of one connection, due or not. Null while somebody else has it, and for a connection that has none. */
  claimSweepOf(id: ConnectionId, owner: string, leaseTtlMs: number): Promise<ClaimedSweep | null>;
  /** Stores the report (a warning event only when the set of warnings changed), schedules the next sweep, releases the lease. */
  completeSweep(claimed: ClaimedSweep, report: SweepReport, nextInMs: number): Promise<void>;
  /**
   * Holds every write that is decided here (repairs, call-ready) until somebody acknowledges it; one event. Nothing happens when
   * it is held already.
   */
  holdWrites(id: ConnectionId, reason: string): Promise<void>;
  /** Null when it is missing, disconnected or not VoiceLink. */
  find(id: ConnectionId): Promise<SweepableConnection | null>;
  /** Bots whose listed status is believed to be wrong. */
  misreportedBots(id: ConnectionId): Promise<MisreportedBots>;
  /** From now on; of one that is marked already the time is renewed. */
  markMisreportedBot(id: ConnectionId, botId: number): Promise<void>;
  /** Ends what was marked before `seenAt` (epoch ms, store's clock): something later speaks against it. */
  unmarkMisreportedBots(id: ConnectionId, botIds: readonly number[], seenAt: number): Promise<void>;
}

/** By id of the bot: since when, epoch ms, store's clock. */
export type MisreportedBots = ReadonlyMap<number, number>;

/** The store's clock, the only one that is compared between processes. Epoch ms. */
export interface StoreClock {
  time(): Promise<number>;
}
