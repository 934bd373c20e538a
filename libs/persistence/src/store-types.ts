import type {
  BindingQueue,
  Cursors,
  EventLog,
  EventSequencer,
  VoiceLinkConnections,
  KeyStates,
  Leases,
  PhoneNumbers,
  RateBudget,
  StoreClock,
  SweepQueue,
  WorkTrigger,
  WriteJournal,
} from '@dialtone/engine';
import type { ApiKeyStore, BindingStore, PartnerStore, ReadinessStore } from './api-types';
import type { IdempotencyStore } from './api-types-idempotency';
import type { ObservedTargets } from './api-types-targets';
import type { AgentStore, ConnectionStore, PhoneNumberInventory } from './api-types-telephony';
import type { CallStore } from './api-types-calls';
import type { RequestWindows } from './api-types-limits';
import type { WorkStats } from './engine/work-stats';
import type { DatabaseProbe } from './database-probe';

/** Everything that is stored, on one data source. */
export interface Stores {
  /** The engine's ports. */
  readonly leases: Leases;
  readonly journal: WriteJournal;
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly bindingQueue: BindingQueue;
  /** The queue of sweeps. */
  readonly sweepQueue: SweepQueue;
  readonly voiceLinkConnections: VoiceLinkConnections;
  readonly clock: StoreClock;
  readonly rateBudget: RateBudget;
  /** What the gateway reads and writes. */
  readonly bindings: BindingStore;
  readonly readiness: ReadinessStore;
  readonly connections: ConnectionStore;
  readonly agents: AgentStore;
  readonly inventory: PhoneNumberInventory;
  readonly partners: PartnerStore;
  readonly apiKeys: ApiKeyStore;
  readonly requestWindows: RequestWindows;
  readonly calls: CallStore;
  readonly idempotency: IdempotencyStore;
  readonly observedTargets: ObservedTargets;
  /** Events, and what moves along them. */
  readonly events: EventLog;
  readonly sequencer: EventSequencer;
  readonly cursors: Cursors;
  readonly trigger: WorkTrigger;
  readonly stats: WorkStats;
  readonly probe: DatabaseProbe;
}
