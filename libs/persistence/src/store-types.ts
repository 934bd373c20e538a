import type {
  BindingQueue,
  BranchingCursors,
  EventLog,
  EventReplay,
  EventWatch,
  EventSequencer,
  History,
  VoiceLinkConnections,
  KeyStates,
  Leases,
  ListMemories,
  PhoneNumbers,
  RateBudget,
  StoreClock,
  SweepQueue,
  ToldNumbers,
  WebhookQueue,
  WorkTrigger,
  WriteJournal,
} from '@dialtone/engine';
import type { ApiKeyStore } from './gateway/api-key-store';
import type { BindingStore } from './gateway/binding-store';
import type { PartnerStore } from './gateway/partner-store';
import type { ReadinessStore } from './gateway/readiness-store';
import type { IdempotencyStore } from './gateway/idempotency-store';
import type { NumberStore } from './gateway/numbers/number-store';
import type { ReadinessTrend } from './gateway/numbers/readiness-trend';
import type { KnownClients } from './gateway/known-clients';
import type { ObservedTargets } from './gateway/observed-targets';
import type { AgentStore } from './gateway/agent-store';
import type { ConnectionStates } from './gateway/connection-states';
import type { ConnectionStore } from './gateway/connection-store';
import type { SteeringStore } from './gateway/steering-store';
import type { PartnerQuotas } from './gateway/quotas';
import type { PhoneNumberInventory } from './gateway/phone-number-inventory';
import type { PlanStore } from './gateway/plan-store';
import type { CallPolicies } from './gateway/call-policy';
import type { CallStore } from './gateway/call-store';
import type { CallWatches } from './gateway/call-watches';
import type { CarrierAccessStore } from './gateway/carrier-access';
import type { CarrierChecks } from './gateway/carrier-checks';
import type { NumberPointings } from './gateway/number-pointings';
import type { LoginAttempts } from './gateway/login-attempts';
import type { RequestWindows } from './gateway/request-windows';
import type { WorkStats } from './engine/work-stats';
import type { WebhookStore } from './webhooks/webhook-store';
import type { DatabaseProbe } from './database-probe';

/** Everything that is stored, on one data source. */
export interface Stores {
  /** The engine's ports. */
  readonly leases: Leases;
  readonly listMemories: ListMemories;
  readonly journal: WriteJournal;
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly bindingQueue: BindingQueue;
  /** The queue of sweeps. */
  readonly sweepQueue: SweepQueue;
  readonly voiceLinkConnections: VoiceLinkConnections;
  readonly clock: StoreClock;
  readonly rateBudget: RateBudget;
  /** The gateway's stores. */
  readonly bindings: BindingStore;
  readonly plans: PlanStore;
  readonly readiness: ReadinessStore;
  readonly numbers: NumberStore;
  readonly readinessTrend: ReadinessTrend;
  readonly connections: ConnectionStore;
  readonly connectionStates: ConnectionStates;
  readonly agents: AgentStore;
  readonly inventory: PhoneNumberInventory;
  readonly partners: PartnerStore;
  readonly quotas: PartnerQuotas;
  readonly steering: SteeringStore;
  readonly apiKeys: ApiKeyStore;
  readonly loginAttempts: LoginAttempts;
  readonly requestWindows: RequestWindows;
  readonly callPolicies: CallPolicies;
  readonly calls: CallStore;
  readonly callWatches: CallWatches;
  readonly carrierAccess: CarrierAccessStore;
  readonly carrierChecks: CarrierChecks;
  readonly pointings: NumberPointings;
  readonly idempotency: IdempotencyStore;
  readonly knownClients: KnownClients;
  readonly observedTargets: ObservedTargets;
  /** Events, and what moves along them. */
  readonly events: EventLog;
  readonly eventWatch: EventWatch;
  readonly eventReplay: EventReplay;
  readonly toldNumbers: ToldNumbers;
  readonly history: History;
  readonly sequencer: EventSequencer;
  readonly cursors: BranchingCursors;
  readonly webhooks: WebhookStore;
  readonly webhookQueue: WebhookQueue;
  readonly trigger: WorkTrigger;
  readonly stats: WorkStats;
  readonly probe: DatabaseProbe;
}
