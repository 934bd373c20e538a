import type { StoredEvent } from '@dialtone/contracts';
import {
  type AgentId,
  type Binding,
  type BindingSpec,
  type ConnectionId,
  type DidKey,
  NO_MARKS,
  parseAgentId,
  parseBindingId,
  parseConnectionId,
  parsePartnerId,
  type PartnerId,
  type ReleasePolicy,
  type RememberedSection,
  sameSpec,
} from '@dialtone/domain';
import {
  declarationEntries,
  declarationEvent,
  decideWithdrawal,
  type Author,
  type DeclarationChange,
  type Declared,
  type LockedKey,
  STARTING_OVER,
  type StoreClock,
  type SweepableConnection,
} from '@dialtone/engine';
import { ManualClock } from '../clock';
import type { InMemoryEventLog } from './in-memory-event-log';
import type { ConnectionOptions, Declaration, EngineStores, WorldSetup } from './harness';
import { InMemoryBindingQueue } from './in-memory-binding-queue';
import { InMemoryHistory } from './in-memory-history';
import { InMemoryKeyStates } from './in-memory-key-states';
import { InMemoryLeases } from './in-memory-leases';
import { InMemoryListMemories } from './in-memory-list-memories';
import { InMemoryPhoneNumbers } from './in-memory-phone-numbers';
import { InMemoryRateBudget } from './in-memory-rate-budget';
import { InMemorySteering } from './in-memory-steering';
import { InMemorySweepQueue } from './in-memory-sweep-queue';
import { InMemoryVoiceLinkConnections } from './in-memory-voicelink-connections';
import { InMemoryWriteJournal } from './in-memory-write-journal';
import { type BindingRecord, didOf, Tables, type WriteRecord } from './tables';

const BY_PARTNER: Author = { actor: 'partner', manager: null, requestId: null };

const minted = <T>(id: T | null): T => {
  if (id === null) throw new Error('The world made an id that the domain refuses.');
  return id;
};

/**
 * All ports of the engine in memory, consistent with each other: a declaration is in the queue, a lease fences the
 * journal, a verdict logs its events. Time is that of one manual clock.
 */
export class InMemoryWorld implements EngineStores, WorldSetup {
  readonly leases: InMemoryLeases;
  readonly listMemories: InMemoryListMemories;
  readonly journal: InMemoryWriteJournal;
  readonly keyStates: InMemoryKeyStates;
  readonly phoneNumbers: InMemoryPhoneNumbers;
  readonly bindingQueue: InMemoryBindingQueue;
  readonly sweepQueue: InMemorySweepQueue;
  readonly voiceLinkConnections: InMemoryVoiceLinkConnections;
  readonly rateBudget: InMemoryRateBudget;
  readonly history: InMemoryHistory;
  readonly steering: InMemorySteering;
  readonly storeClock: StoreClock;
  private readonly tables: Tables;

  constructor(readonly clock = new ManualClock()) {
    const tables = new Tables(clock);
    this.tables = tables;
    this.leases = new InMemoryLeases(tables);
    this.listMemories = new InMemoryListMemories(tables);
    this.journal = new InMemoryWriteJournal(tables);
    this.keyStates = new InMemoryKeyStates(tables);
    this.phoneNumbers = new InMemoryPhoneNumbers(tables);
    this.bindingQueue = new InMemoryBindingQueue(tables);
    this.sweepQueue = new InMemorySweepQueue(tables);
    this.voiceLinkConnections = new InMemoryVoiceLinkConnections(tables);
    this.history = new InMemoryHistory(tables);
    this.steering = new InMemorySteering(tables);
    this.rateBudget = new InMemoryRateBudget(tables);
    this.storeClock = { time: () => Promise.resolve(clock.now()) };
  }

  /** Everything logged so far, in order; also a source for relays. */
  get eventLog(): InMemoryEventLog {
    return this.tables.log;
  }

  get events(): readonly StoredEvent[] {
    return this.tables.log.events;
  }

  /** The journal's rows, in the order in which they were begun. */
  get writes(): readonly Readonly<WriteRecord>[] {
    return this.tables.writes;
  }

  async connection(options: ConnectionOptions = {}): Promise<SweepableConnection> {
    const id = minted(parseConnectionId(this.tables.uuid()));
    const partnerId = options.partnerId ?? minted(parsePartnerId(this.tables.uuid()));
    this.tables.connections.set(id, {
      id,
      partnerId,
      provider: options.provider ?? 'voicelink',
      status: 'ACTIVE',
      writesHeld: null,
      warnings: [],
      lastError: null,
      sweepDueAt: this.clock.now(),
      sweepRequested: false,
      sweepStartedAt: null,
      observedThrough: null,
      misreportedBots: new Map(),
      login: options.login ?? id,
      accountId: id,
      isOwnerKnown: true,
      resellerId: null,
      advisories: [],
      mode: 'enforce',
      windows: [],
    });
    await this.voiceLinkConnections.recognise(id);
    const found = await this.voiceLinkConnections.find(id);
    return found ?? { id, partnerId, writesHeld: null, accountId: id, isOwnerKnown: true };
  }

  disconnect(id: ConnectionId): Promise<void> {
    const row = this.tables.connections.get(id);
    if (row !== undefined) row.status = 'DISCONNECTED';
    return Promise.resolve();
  }

  agent(partnerId: PartnerId, name = 'Sales Agent'): Promise<AgentId> {
    const id = minted(parseAgentId(this.tables.uuid()));
    this.tables.agents.set(id, { id, partnerId, name, deleted: false });
    return Promise.resolve(id);
  }

  deleteAgent(id: AgentId): Promise<void> {
    const row = this.tables.agents.get(id);
    if (row !== undefined) row.deleted = true;
    return Promise.resolve();
  }

  /** Declares or changes; the same declaration again changes nothing. */
  declare({ connectionId, key, spec }: Declaration): Promise<Binding> {
    const id = didOf(connectionId, key);
    const row = this.tables.bindings.get(id);
    if (row !== undefined && row.binding.releasing === undefined && sameSpec(row.binding, spec))
      return Promise.resolve(row.binding);
    const binding = row === undefined ? this.newBinding(connectionId, key, spec) : this.changed(row, spec);
    this.logDeclaration(row === undefined ? 'declared' : 'updated', binding);
    this.keepDeclaration(row?.binding ?? null, binding);
    return Promise.resolve(binding);
  }

  undeclare(connectionId: ConnectionId, key: DidKey): Promise<void> {
    const row = this.tables.bindings.get(didOf(connectionId, key));
    if (row !== undefined) this.tables.endBinding(row, BY_PARTNER);
    return Promise.resolve();
  }

  /** Withdraws by the declared policy, or by another one. */
  withdraw(connectionId: ConnectionId, key: DidKey, release?: ReleasePolicy): Promise<void> {
    const row = this.tables.bindings.get(didOf(connectionId, key));
    if (row === undefined) return Promise.resolve();
    const { binding } = row;
    const standing = { binding, marks: NO_MARKS, isConnectionActive: this.tables.isActive(connectionId) };
    const claim = { precondition: { kind: 'none' }, manager: null, takeOver: false } as const;
    const decision = decideWithdrawal({ ...claim, ...(release !== undefined && { release }) }, standing);
    if (decision.kind === 'removed') return this.undeclare(connectionId, key);
    if (decision.kind !== 'releasing' || !decision.begins) return Promise.resolve();
    const withdrawn = { ...binding, releasing: decision.releasing, generation: binding.generation + 1 };
    this.tables.trigger({ ...row, ...STARTING_OVER, ...this.countingAnew(), binding: withdrawn });
    this.logDeclaration('updated', withdrawn);
    this.keepDeclaration(binding, withdrawn);
    return Promise.resolve();
  }

  /** Makes a key due now, or with null the sweep of the connection. */
  trigger(connectionId: ConnectionId, key: DidKey | null): Promise<void> {
    const connection = this.tables.connections.get(connectionId);
    const binding = key === null ? undefined : this.tables.bindings.get(didOf(connectionId, key));
    if (binding !== undefined) this.tables.trigger(binding);
    if (key === null && connection !== undefined) {
      connection.sweepDueAt = Math.min(connection.sweepDueAt, this.clock.now());
      connection.sweepRequested = true;
    }
    return Promise.resolve();
  }

  /** As a partner asks for a reconcile. */
  request(connectionId: ConnectionId, key: DidKey): Promise<void> {
    const row = this.tables.bindings.get(didOf(connectionId, key));
    if (row !== undefined) this.tables.trigger({ ...row, ...this.countingAnew() });
    return Promise.resolve();
  }

  acknowledgeHold(connectionId: ConnectionId): Promise<boolean> {
    return Promise.resolve(this.voiceLinkConnections.acknowledgeHold(connectionId, 'operator'));
  }

  wholeAt(connectionId: ConnectionId, section: RememberedSection): Promise<number | null> {
    return Promise.resolve(this.listMemories.find(connectionId, section)?.wholeAt ?? null);
  }

  /** The row of a binding with its status; null when it is not declared. */
  bindingRow(connectionId: ConnectionId, key: DidKey): Readonly<BindingRecord> | null {
    return this.tables.bindings.get(didOf(connectionId, key)) ?? null;
  }

  /** Why the writes of a connection are held; null: they are not. */
  holdOf(id: ConnectionId): string | null {
    return this.tables.connections.get(id)?.writesHeld ?? null;
  }

  /** When the last sweep began that read its lists, epoch ms; null: none did. */
  observedThrough(id: ConnectionId): number | null {
    return this.tables.connections.get(id)?.observedThrough ?? null;
  }

  isDisconnected(id: ConnectionId): boolean {
    return !this.tables.isActive(id);
  }

  /** What is stored of a DID, or what would be inserted. */
  verdictRow(connectionId: ConnectionId, key: DidKey): Readonly<LockedKey['stored']> {
    return this.tables.did(connectionId, key).stored;
  }

  private newBinding(connectionId: ConnectionId, key: DidKey, spec: BindingSpec): Binding {
    const partnerId = this.tables.connections.get(connectionId)?.partnerId;
    if (partnerId === undefined) throw new Error(`There is no connection ${connectionId}.`);
    const id = minted(parseBindingId(this.tables.uuid()));
    const generation = 1 + (this.tables.tombstones.get(`${partnerId}/${key}`) ?? 0);
    const binding = { ...spec, id, partnerId, connectionId, key, generation };
    const status = { ...STARTING_OVER, observedGeneration: 0 };
    this.tables.writeBinding({
      ...status,
      binding,
      dueAt: this.clock.now(),
      triggerSeq: 1n,
      madeBotId: null,
      plan: null,
      repairs: { countFrom: this.clock.now(), contest: null },
    });
    return binding;
  }

  private changed(row: BindingRecord, spec: BindingSpec): Binding {
    const { id, partnerId, connectionId, key, generation } = row.binding;
    const binding = { ...spec, id, partnerId, connectionId, key, generation: generation + 1 };
    this.tables.trigger({ ...row, ...STARTING_OVER, ...this.countingAnew(), binding });
    return binding;
  }

  private countingAnew(): Pick<BindingRecord, 'repairs'> {
    return { repairs: { countFrom: this.clock.now(), contest: null } };
  }

  private keepDeclaration(before: Binding | null, after: Binding | null): void {
    const declared = (binding: Binding | null): Declared | null => binding && { binding, marks: NO_MARKS };
    const change = { before: declared(before), after: declared(after) };
    this.tables.keep(declarationEntries(change, BY_PARTNER));
  }

  private logDeclaration(change: DeclarationChange, binding: Binding): void {
    const { connectionId, key } = binding;
    const seq = this.tables.nextEventSeq(connectionId, key);
    this.tables.append([declarationEvent({ change, binding, actor: 'partner' }, { seq, now: this.clock.now() })]);
  }
}
