import type { TimingListener } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { BindingQueueStore } from './engine/binding-queue.store';
import { DatabaseClock } from './engine/clock.store';
import { WriteJournalStore } from './engine/journal.store';
import { KeyStateStore } from './engine/key-states.store';
import { LeaseStore } from './engine/leases.store';
import { ListMemoryStore } from './engine/list-memories.store';
import { PhoneNumberStore } from './engine/phone-numbers.store';
import { RateBudgetStore } from './engine/rate-budget.store';
import { SweepQueueStore } from './engine/sweep-queue.store';
import { VoiceLinkConnectionStore } from './engine/voicelink-connections.store';
import { WorkStatsStore } from './engine/work-stats.store';
import { WorkTriggerStore } from './engine/work-trigger.store';
import { WriteProbe } from './database-probe';
import { CursorStore } from './events/cursors.store';
import { EventLogStore } from './events/event-log.store';
import { EventReplayStore } from './events/event-replay.store';
import { EventWatchStore } from './events/event-watch.store';
import { HistoryStore } from './events/history.store';
import { EventSequencerStore } from './events/sequencer.store';
import { ToldNumberStore } from './events/told-numbers.store';
import { AgentStore } from './gateway/agents.store';
import { ApiKeyStore } from './gateway/api-keys.store';
import { BindingStore } from './gateway/bindings.store';
import { ConnectionStates } from './gateway/connection-states.store';
import { ConnectionStore } from './gateway/connections.store';
import { IdempotencyStore } from './gateway/idempotency.store';
import { InventoryStore } from './gateway/inventory.store';
import { LoginAttemptStore } from './gateway/login-attempts.store';
import { KnownClientStore } from './gateway/known-clients.store';
import { NumberStore } from './gateway/numbers/numbers.store';
import { ReadinessTrend } from './gateway/numbers/readiness-trend.store';
import { ObservedTargetStore } from './gateway/observed-targets.store';
import { PartnerQuotaStore } from './gateway/partner-quotas.store';
import { PartnerStore } from './gateway/partners.store';
import { PlanStore } from './gateway/plans.store';
import { SteeringStore } from './gateway/steering.store';
import { ReadinessStore } from './gateway/readiness.store';
import { CallPolicyStore } from './gateway/call-policies.store';
import { CallStore } from './gateway/calls.store';
import { CallWatchStore } from './gateway/call-watches.store';
import { CarrierAccessStore } from './gateway/carrier-access.store';
import { CarrierCheckStore } from './gateway/carrier-checks.store';
import { NumberPointingStore } from './gateway/number-pointings.store';
import { RequestWindowStore } from './gateway/request-windows.store';
import { WebhookQueueStore } from './webhooks/webhook-queue.store';
import { WebhookStore } from './webhooks/webhooks.store';
import type { StoreSecrets } from './secret-box';
import type { Stores } from './store-types';

/** What was logged, and those that read it. */
const logStores = (ds: DataSource, secrets: StoreSecrets) => ({
  events: new EventLogStore(ds),
  eventWatch: new EventWatchStore(ds),
  eventReplay: new EventReplayStore(ds),
  toldNumbers: new ToldNumberStore(ds),
  history: new HistoryStore(ds),
  sequencer: new EventSequencerStore(ds),
  cursors: new CursorStore(ds),
  webhooks: new WebhookStore(ds, secrets),
  webhookQueue: new WebhookQueueStore(ds, secrets),
});

/**
 * All stores on one initialised data source. They keep no state of their own: any number of bundles may exist.
 *
 * @param onTimings hears how long numbers waited for Dialtone
 */
export const createStores = (
  ds: DataSource,
  secrets: StoreSecrets,
  onTimings: TimingListener | null = null,
): Stores => ({
  leases: new LeaseStore(ds),
  listMemories: new ListMemoryStore(ds),
  journal: new WriteJournalStore(ds),
  keyStates: new KeyStateStore(ds, onTimings),
  phoneNumbers: new PhoneNumberStore(ds),
  bindingQueue: new BindingQueueStore(ds),
  sweepQueue: new SweepQueueStore(ds),
  voiceLinkConnections: new VoiceLinkConnectionStore(ds),
  clock: new DatabaseClock(ds),
  rateBudget: new RateBudgetStore(ds),
  bindings: new BindingStore(ds),
  plans: new PlanStore(ds),
  readiness: new ReadinessStore(ds),
  numbers: new NumberStore(ds),
  readinessTrend: new ReadinessTrend(ds),
  connections: new ConnectionStore(ds, secrets),
  connectionStates: new ConnectionStates(ds, secrets),
  agents: new AgentStore(ds),
  inventory: new InventoryStore(ds),
  partners: new PartnerStore(ds),
  quotas: new PartnerQuotaStore(ds),
  steering: new SteeringStore(ds),
  apiKeys: new ApiKeyStore(ds, secrets.hmac),
  knownClients: new KnownClientStore(ds),
  observedTargets: new ObservedTargetStore(ds),
  idempotency: new IdempotencyStore(ds, secrets),
  loginAttempts: new LoginAttemptStore(ds),
  requestWindows: new RequestWindowStore(ds),
  callPolicies: new CallPolicyStore(ds),
  calls: new CallStore(ds),
  callWatches: new CallWatchStore(ds),
  carrierAccess: new CarrierAccessStore(ds, secrets),
  carrierChecks: new CarrierCheckStore(ds, secrets),
  pointings: new NumberPointingStore(ds, secrets),
  ...logStores(ds, secrets),
  trigger: new WorkTriggerStore(ds),
  stats: new WorkStatsStore(ds),
  probe: new WriteProbe(ds),
});
