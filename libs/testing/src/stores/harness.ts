import type { AnyLoggedEvent } from '@dialtone/contracts';
import type {
  AgentId,
  Binding,
  BindingSpec,
  ConnectionId,
  DidKey,
  PartnerId,
  ReleasePolicy,
  RememberedSection,
} from '@dialtone/domain';
import type {
  BindingQueue,
  History,
  VoiceLinkConnections,
  KeyStates,
  Leases,
  ListMemories,
  PhoneNumbers,
  RateBudget,
  StoreClock,
  SweepQueue,
  SweepableConnection,
  WriteJournal,
} from '@dialtone/engine';

/** The engine's ports to what is stored. */
export interface EngineStores {
  readonly leases: Leases;
  readonly listMemories: ListMemories;
  readonly journal: WriteJournal;
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly bindingQueue: BindingQueue;
  readonly sweepQueue: SweepQueue;
  readonly voiceLinkConnections: VoiceLinkConnections;
  readonly rateBudget: RateBudget;
  readonly storeClock: StoreClock;
  readonly history: History;
}

export interface ConnectionOptions {
  /** Another partner each time unless given. */
  readonly partnerId?: PartnerId;
  /** `voicelink` unless given. */
  readonly provider?: string;
  /** The user of its account; another one each time unless given. */
  readonly login?: string;
}

export interface Declaration {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
  readonly spec: BindingSpec;
}

/** What partners and operators do to a world. */
export interface WorldSetup {
  connection(options?: ConnectionOptions): Promise<SweepableConnection>;
  disconnect(id: ConnectionId): Promise<void>;
  agent(partnerId: PartnerId, name?: string): Promise<AgentId>;
  deleteAgent(id: AgentId): Promise<void>;
  declare(declaration: Declaration): Promise<Binding>;
  undeclare(connectionId: ConnectionId, key: DidKey): Promise<void>;
  /** Withdraws by the declared policy, or by another one. */
  withdraw(connectionId: ConnectionId, key: DidKey, release?: ReleasePolicy): Promise<void>;
  /** Makes a key due now, or with null the sweep of the connection. */
  trigger(connectionId: ConnectionId, key: DidKey | null): Promise<void>;
  /** False when the writes were not held. */
  acknowledgeHold(connectionId: ConnectionId): Promise<boolean>;
  /** When the newest list began that was vouched for, epoch ms; null: none was. */
  wholeAt(connectionId: ConnectionId, section: RememberedSection): Promise<number | null>;
}

/** One empty world for one test of a contract. */
export interface StoreHarness {
  readonly stores: EngineStores;
  readonly given: WorldSetup;
  /** Lets time pass for the stores. */
  wait(ms: number): Promise<void>;
  /** Everything logged so far, in order. */
  events(): Promise<readonly AnyLoggedEvent[]>;
}

export type MakeStoreHarness = () => Promise<StoreHarness>;
