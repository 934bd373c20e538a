import type { NewEvent } from '@dialtone/contracts';
import {
  type AgentId,
  type Binding,
  type BindingMode,
  type ConnectionId,
  type DidKey,
  type ListMemory,
  type LocalPhoneNumber,
  type MaintenanceWindow,
  NO_MARKS,
  type OpenDrift,
  type PartnerId,
  type Pause,
  parseDriftId,
  type RememberedSection,
  type SectionWarning,
} from '@dialtone/domain';
import {
  declarationEntries,
  declarationEvent,
  isOtherStatus,
  neverSeen,
  statusEvent,
  type Author,
  type Clock,
  type ConnectionAdvisory,
  type HistoryEntry,
  type Lease,
  type LockedKey,
  type RateLane,
  type ReconcileStatus,
  type RepairMemory,
  type ToldStatus,
  type WriteIntent,
  type WriteState,
} from '@dialtone/engine';
import { InMemoryEventLog } from './in-memory-event-log';

export interface BudgetRecord {
  tat: number;
  blockedUntil: number;
  /** When a lane last got a request. */
  servedAt: Partial<Record<RateLane, number>>;
  /** Until when the next request is held for a lane. */
  heldUntil: Partial<Record<RateLane, number>>;
}

export interface ConnectionRecord {
  readonly id: ConnectionId;
  readonly partnerId: PartnerId;
  readonly provider: string;
  status: 'ACTIVE' | 'DISCONNECTED';
  writesHeld: string | null;
  warnings: readonly SectionWarning[];
  lastError: string | null;
  sweepDueAt: number;
  /** A sweep was requested since the last one began. */
  sweepRequested: boolean;
  /** When the running sweep was claimed, and when the last one that read its lists was; null: none. */
  sweepStartedAt: number | null;
  observedThrough: number | null;
  readonly misreportedBots: Map<number, number>;
  readonly login: string;
  accountId: string;
  isOwnerKnown: boolean;
  resellerId: string | null;
  advisories: readonly ConnectionAdvisory[];
  mode: BindingMode;
  windows: readonly MaintenanceWindow[];
}

/** What holds for all that a partner has. */
export interface PartnerRecord {
  readonly mode: BindingMode;
  readonly windows: readonly MaintenanceWindow[];
}

export interface AgentRecord {
  readonly id: AgentId;
  readonly partnerId: PartnerId;
  readonly name: string;
  deleted: boolean;
}

export interface PhoneNumberRecord {
  readonly connectionId: ConnectionId;
  readonly partnerId: PartnerId;
  readonly id: LocalPhoneNumber['id'];
  readonly key: DidKey;
  readonly friendlyName: string;
  readonly inboundEnabled: boolean;
  readonly createdAt: number;
  updatedAt: number;
  agentId: AgentId | null;
}

/** A DID's row; the binding's row has what it declares. */
export interface DidRecord extends LockedKey {
  readonly key: DidKey;
}

export interface BindingRecord extends ReconcileStatus {
  /** Text of the last plan; null: none was made. */
  readonly plan: string | null;
  readonly binding: Binding;
  readonly dueAt: number;
  readonly triggerSeq: bigint;
  /** The bot that was created for it. */
  readonly madeBotId: number | null;
  readonly repairs: RepairMemory;
  /** What was told last; absent or null: what it says. */
  readonly toldStatus?: ToldStatus | null;
}

export interface WriteRecord extends WriteIntent {
  readonly id: string;
  readonly startedAt: number;
  /** When its outcome was told, or proven since. */
  closedAt: number | null;
  finishedAt: number | null;
  resolvedAt: number | null;
  state: WriteState;
  answer: Readonly<Record<string, unknown>> | null;
}

export interface ListMemoryRecord {
  readonly accountId: string;
  readonly partnerId: PartnerId;
  readonly section: RememberedSection;
  readonly version: number;
  readonly memory: ListMemory;
  wholeAt: number | null;
}

/** A row of the history. */
export interface KeptEntry extends HistoryEntry {
  readonly id: string;
  readonly at: number;
  /** Of an upstream write, its row in the journal. */
  readonly writeId: string | null;
}

/** The key of a memory. */
export const nameOf = ({
  accountId,
  partnerId,
  section,
}: Pick<ListMemoryRecord, 'accountId' | 'partnerId' | 'section'>): string => `${accountId}/${partnerId}/${section}`;

/** The key of a row that belongs to a connection and a DID. */
export const didOf = (connectionId: string, key: string): string => `${connectionId}/${key}`;

/** The rows behind all in-memory stores of one world. Times are epoch ms of its clock. */
export class Tables {
  readonly log = new InMemoryEventLog();
  readonly connections = new Map<ConnectionId, ConnectionRecord>();
  readonly partners = new Map<PartnerId, PartnerRecord>();
  readonly pauses: Pause[] = [];
  readonly agents = new Map<AgentId, AgentRecord>();
  readonly phoneNumbers = new Map<string, PhoneNumberRecord>();
  readonly dids = new Map<string, DidRecord>();
  readonly bindings = new Map<string, BindingRecord>();
  /** Last generation of removed bindings. */
  readonly tombstones = new Map<string, number>();
  readonly leases = new Map<string, Lease>();
  /** By account, partner and section. */
  readonly listMemories = new Map<string, ListMemoryRecord>();
  readonly writes: WriteRecord[] = [];
  readonly history: KeptEntry[] = [];
  readonly budgets = new Map<string, BudgetRecord>();
  private lastId = 0;
  private lastEpoch = 0n;

  constructor(readonly clock: Pick<Clock, 'now'>) {}

  /** Ids of one world are the same in every run. */
  uuid(): string {
    this.lastId += 1;
    return `00000000-0000-4000-9000-${this.lastId.toString(16).padStart(12, '0')}`;
  }

  driftId(): OpenDrift['id'] {
    const id = parseDriftId(this.uuid());
    if (id === null) throw new Error('The world made an id that the domain refuses.');
    return id;
  }

  nextEpoch(): bigint {
    this.lastEpoch += 1n;
    return this.lastEpoch;
  }

  isHeld(resource: string): boolean {
    return (this.leases.get(resource)?.expiresAt ?? 0) > this.clock.now();
  }

  holds(lease: Lease): boolean {
    return this.isHeld(lease.resource) && this.leases.get(lease.resource)?.epoch === lease.epoch;
  }

  /** Null while another owner holds the lease. */
  grant(resource: string, owner: string, ttlMs: number): Lease | null {
    if (this.isHeld(resource)) return null;
    const lease = { resource, owner, epoch: this.nextEpoch(), expiresAt: this.clock.now() + ttlMs };
    this.leases.set(resource, lease);
    return lease;
  }

  /** False when it was lost before. */
  end(lease: Lease): boolean {
    const held = this.holds(lease);
    if (held) this.leases.delete(lease.resource);
    return held;
  }

  /** The DID's row, or the row that would be inserted. */
  did(connectionId: ConnectionId, key: DidKey): DidRecord {
    return this.dids.get(didOf(connectionId, key)) ?? { key, ...neverSeen(key) };
  }

  writeDid(connectionId: ConnectionId, key: DidKey, row: LockedKey): void {
    this.dids.set(didOf(connectionId, key), { key, ...row });
  }

  /** Takes the next number of a DID's events; inserts a missing row. */
  nextEventSeq(connectionId: ConnectionId, key: DidKey): number {
    const { stored, eventSeq } = this.did(connectionId, key);
    this.writeDid(connectionId, key, { stored, eventSeq: eventSeq + 1 });
    return eventSeq + 1;
  }

  append(events: readonly NewEvent[]): void {
    this.log.append(...events.map((event) => ({ ...event, event_id: this.uuid() })));
  }

  keep(entries: readonly HistoryEntry[], writeId: string | null = null): void {
    for (const entry of entries)
      this.history.push({ ...entry, id: String(this.history.length + 1), at: this.clock.now(), writeId });
  }

  /** What leases and the journal are kept by. */
  accountIdOf(id: ConnectionId): string {
    return this.connections.get(id)?.accountId ?? id;
  }

  /** The active connections of the account, of any partner, oldest first. */
  accountOf(id: ConnectionId): readonly ConnectionRecord[] {
    const accountId = this.connections.get(id)?.accountId;
    return [...this.connections.values()].filter((row) => row.accountId === accountId && isSweepable(row));
  }

  isActive(id: ConnectionId): boolean {
    return this.connections.get(id)?.status === 'ACTIVE';
  }

  writeBinding(row: BindingRecord): void {
    this.bindings.set(didOf(row.binding.connectionId, row.binding.key), row);
  }

  /** Removes it, remembers its generation, and tells of it. */
  endBinding({ binding }: BindingRecord, author: Author): void {
    const { connectionId, key, partnerId, generation } = binding;
    this.bindings.delete(didOf(connectionId, key));
    this.tombstones.set(`${partnerId}/${key}`, generation);
    const moment = { seq: this.nextEventSeq(connectionId, key), now: this.clock.now() };
    this.append([declarationEvent({ change: 'deleted', binding, actor: author.actor }, moment)]);
    this.keep(declarationEntries({ before: { binding, marks: NO_MARKS }, after: null }, author));
  }

  /** What was withheld of a status while the number's verdict flapped. */
  tellStatus(connectionId: ConnectionId, key: DidKey): void {
    const row = this.bindings.get(didOf(connectionId, key));
    if (row === undefined) return;
    const { binding, toldStatus, outcome, ...status } = row;
    this.writeBinding({ ...row, toldStatus: null });
    if (!toldStatus || outcome === 'pending' || !isOtherStatus(toldStatus, row)) return;
    const moment = { seq: this.nextEventSeq(connectionId, key), now: this.clock.now() };
    this.append([statusEvent(binding, { ...status, outcome }, moment)]);
  }

  /** Makes it due now. */
  trigger(row: BindingRecord): void {
    const dueAt = Math.min(row.dueAt, this.clock.now());
    this.writeBinding({ ...row, dueAt, stalls: 0, triggerSeq: row.triggerSeq + 1n });
  }
}

export const isSweepable = (row: ConnectionRecord): boolean => row.status === 'ACTIVE' && row.provider === 'voicelink';
