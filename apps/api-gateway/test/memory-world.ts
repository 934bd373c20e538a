import { randomUUID } from 'node:crypto';
import type { AgentId, ConnectionId, KeyObservation, PartnerId } from '@dialtone/domain';
import { type Lease, PassedOnWrites, type WorkTrigger } from '@dialtone/engine';
import {
  QUOTAS,
  type ApiKeyStore,
  type ConnectionRow,
  type Principal,
  type Quota,
  type ObservedTargets,
  type StoredReadiness,
} from '@dialtone/persistence';
import {
  InMemoryEventWatch,
  InMemoryHistory,
  InMemoryLeases,
  InMemoryWriteJournal,
  ManualClock,
  Tables,
} from '@dialtone/testing';
import type { Commits } from '../src/outside/tokens';
import { MemorySteering } from './memory-steering';
import { MemoryBindings } from './memory-bindings';
import { MemoryIdempotency } from './memory-idempotency';
import { MemoryNumbers } from './memory-numbers';
import { MemoryTrend } from './memory-trend';
import { memoryPlanner, MemoryPlans } from './memory-plans';
import { MemoryKnownClients } from './memory-known-clients';
import { MemoryTelephony } from './memory-telephony';
import { MemoryProvisioner } from './memory-provisioner';
import { MemoryCalls } from './memory-calls';
import { MemoryCarriers } from './memory-carriers';
import { MemoryRequestWindows } from './memory-request-windows';
import { MemoryReceivers, MemoryWebhooks } from './memory-webhooks';
import { MemoryVoiceLink } from './memory-voicelink';

/** Where the carriers of the tests call. */
export const PUBLIC_BASE_URL = 'https://api.example.com/dialtone';

/** How long a write without an answer may still take effect. */
export const HOLD_MS = 60_000;

const NO_QUOTAS = Object.fromEntries(QUOTAS.map((quota) => [quota, 0])) as Record<Quota, number>;

interface Tenant {
  readonly partnerId: PartnerId;
  readonly apiKey: string;
  readonly connectionId: ConnectionId;
  readonly agentId: AgentId;
}

/** Remembers every resource that was acquired, in order. */
class NotedLeases extends InMemoryLeases {
  readonly acquired: string[] = [];

  override async acquire(resource: string, owner: string, ttlMs: number): Promise<Lease | null> {
    const lease = await super.acquire(resource, owner, ttlMs);
    if (lease !== null) this.acquired.push(resource);
    return lease;
  }
}

/** Everything the gateway's stores know, in memory, with the stores over it. */
export class MemoryWorld {
  private readonly principals = new Map<string, Principal>();
  readonly telephony: MemoryTelephony = new MemoryTelephony(() => this.declared);
  readonly declared: MemoryBindings = new MemoryBindings({
    agentName: (partnerId, id) => this.telephony.agents.find(partnerId, id)?.name,
    isActive: (partnerId, id) =>
      this.telephony.rows.some(
        (row) =>
          row.id === id && row.partnerId === partnerId && row.provider === 'voicelink' && row.status === 'ACTIVE',
      ),
    writesHeld: (id) => this.telephony.rows.find((row) => row.id === id)?.writesHeld ?? null,
    steering: (partnerId, number) => this.steering.of(partnerId, number),
  });
  readonly steering: MemorySteering = new MemorySteering({
    now: () => Date.now(),
    isActive: (partnerId, id) =>
      this.telephony.rows.some((row) => row.id === id && row.partnerId === partnerId && row.status === 'ACTIVE'),
    isDeclared: (partnerId, key) => this.views.has(`${partnerId}/${key}`),
  });
  readonly views = this.declared.views;
  readonly verdicts = this.declared.verdicts;
  readonly triggered = this.declared.triggered;
  readonly bindings = this.declared.bindings;
  readonly readiness = this.declared.readiness;
  readonly numbers = new MemoryNumbers(this.declared);
  readonly trend = new MemoryTrend();
  readonly idempotency = new MemoryIdempotency();
  /** What `pass` added to the time of the process, in ms. */
  private passed = 0;
  private readonly clock = { now: () => Date.now() + this.passed };
  readonly knownClients = new MemoryKnownClients(this.clock);
  /** Behind leases and journal. */
  readonly tables = new Tables(this.clock);
  readonly leases = new NotedLeases(this.tables);
  readonly journal = new InMemoryWriteJournal(this.tables);
  readonly history = new InMemoryHistory(this.tables);
  readonly webhooks = new MemoryWebhooks(this.tables.log);
  readonly receivers = new MemoryReceivers();
  /** The log is `tables.log`. */
  readonly eventWatch = new InMemoryEventWatch(this.tables.log, ({ data, key }) => {
    const view = this.views.get(`${data.partner_id}/${key ?? ''}`);
    return view === undefined ? null : { agentId: view.binding.agentId, labels: view.marks.labels };
  });
  /** Bots whose "misreported" mark was cleared. */
  readonly unmarkedBots: number[] = [];
  readonly requestedWrites = new PassedOnWrites({
    journal: this.journal,
    connections: {
      unmarkMisreportedBots: (_, botIds) => {
        this.unmarkedBots.push(...botIds);
        return Promise.resolve();
      },
    },
    storeClock: { time: () => Promise.resolve(this.clock.now()) },
    clock: this.clock,
    settings: { inDoubtMs: HOLD_MS },
  });
  readonly planner = memoryPlanner({ rows: () => this.telephony.rows, isDryRun: () => this.dryRun });
  readonly plans = new MemoryPlans();
  readonly provisioner = new MemoryProvisioner();
  readonly voicelink = new MemoryVoiceLink();
  readonly calls = new MemoryCalls(this.telephony);
  readonly carriers = new MemoryCarriers();
  publicBaseUrl: string | null = PUBLIC_BASE_URL;
  hasSipGateway = true;
  /** What was made due through the trigger: keys, or null for a sweep. */
  readonly made: Parameters<WorkTrigger['trigger']>[0][] = [];
  lookups = 0;

  /** Another key of a partner. */
  addKey(partnerId: PartnerId, scopes: readonly string[] = ['*']): string {
    const apiKeyId = randomUUID().replaceAll('-', '').slice(16);
    const apiKey = `rg_live_${apiKeyId}_${'secret-'.repeat(7).slice(0, 43)}`;
    this.principals.set(apiKey, { partnerId, apiKeyId, scopes });
    return apiKey;
  }

  addTenant(scopes: readonly string[] = ['*']): Tenant {
    const partnerId = randomUUID() as unknown as PartnerId;
    const apiKey = this.addKey(partnerId, scopes);
    const agentId = this.addAgent(partnerId, 'Sales Agent');
    return { partnerId, apiKey, connectionId: this.addConnection(partnerId), agentId };
  }

  addAgent(partnerId: PartnerId, name: string): AgentId {
    return this.telephony.agents.add(partnerId, name);
  }

  addConnection(partnerId: PartnerId, overrides: Partial<ConnectionRow> = {}): ConnectionId {
    return this.telephony.add({ partnerId, ...overrides });
  }

  /** In the order in which they were made. */
  get connections(): ConnectionRow[] {
    return this.telephony.rows;
  }

  clear(): void {
    this.principals.clear();
    const { declared, idempotency, tables, voicelink, telephony, provisioner, calls, carriers } = this;
    for (const part of [declared, idempotency, tables.leases, voicelink, telephony, provisioner, calls, carriers])
      part.clear();
    this.knownClients.clear();
    this.trend.clear();
    this.plans.clear();
    this.leases.acquired.length = 0;
    tables.writes.length = 0;
    tables.log.clear();
    this.webhooks.clear();
    this.receivers.clear();
    this.passed = 0;
    this.dryRun = false;
    this.publicBaseUrl = PUBLIC_BASE_URL;
    this.hasSipGateway = true;
    this.steering.clear();
    this.unmarkedBots.length = 0;
    this.made.length = 0;
    this.requestWindows.clear();
    Object.assign(this.requestsPerMinute, { general: 0, calls: 0 });
    Object.assign(this.quotas, NO_QUOTAS);
    this.callsPerPartnerMinute = 0;
    this.declarationsPerMinute = 0;
  }

  /** Lets so many ms pass for leases, writes and declarations. */
  pass(ms: number): void {
    this.passed += ms;
    this.declared.pass(ms);
  }

  /** What the sweep stored about a number. */
  store(partnerId: PartnerId, row: StoredReadiness): void {
    this.declared.store(partnerId, row);
  }

  readonly apiKeys: Pick<ApiKeyStore, 'authenticate' | 'authenticateAll'> = {
    authenticateAll: (apiKeys) => Promise.all(apiKeys.map((apiKey) => this.apiKeys.authenticate(apiKey))),
    authenticate: (apiKey) => {
      this.lookups += 1;
      return Promise.resolve(this.principals.get(apiKey) ?? null);
    },
  };

  /** Of those who wait for commits. */
  readonly waitClock = new ManualClock();
  private readonly listeners = new Set<() => void>();
  readonly commits: Commits = (onCommit) => {
    this.listeners.add(onCommit);
    return {
      close: () => {
        this.listeners.delete(onCommit);
        return Promise.resolve();
      },
    };
  };

  /** What a commit of any process does. */
  commit(): void {
    for (const onCommit of this.listeners) onCommit();
  }

  /** As the deployment's setting. */
  dryRun = false;
  /** No limit unless a test sets one. */
  readonly requestsPerMinute = { general: 0, calls: 0 };
  /** No limit unless a test sets one. */
  readonly quotas: Record<Quota, number> = { ...NO_QUOTAS };
  /** No limit unless a test sets one. */
  declarationsPerMinute = 0;
  /** No limit unless a test sets one. */
  callsPerPartnerMinute = 0;
  readonly requestWindows = new MemoryRequestWindows();

  readonly observedTargets: ObservedTargets = {
    keyOfDid: async (connectionId, didId) =>
      (await this.observed(connectionId, ({ did }) => did?.didId === didId))?.key ?? null,
    recordOfDid: async (connectionId, didId) => {
      const did = (await this.observed(connectionId, (seen) => seen.did?.didId === didId))?.observation?.did ?? null;
      return did && { ...did.raw, did_id: did.didId, client_id: did.clientId };
    },
    keyOfRouting: async (connectionId, id) =>
      (await this.observed(connectionId, ({ routing }) => routing?.id === id))?.key ?? null,
  };

  private observed(connectionId: ConnectionId, is: (seen: KeyObservation) => boolean) {
    const found = [...this.verdicts.values()].find(
      (row) => row.connectionId === connectionId && row.observation !== null && is(row.observation),
    );
    return Promise.resolve(found ?? null);
  }

  readonly workTrigger: WorkTrigger = {
    trigger: (request) => {
      this.made.push(request);
      const { connectionId, key } = request;
      const known = [...this.views.values()].some(
        ({ binding }) => binding.connectionId === connectionId && binding.key === key,
      );
      return Promise.resolve(key === null || known);
    },
  };
}
