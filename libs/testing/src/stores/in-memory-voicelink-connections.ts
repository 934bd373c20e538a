import type { ConnectionId, DidKey, NumberClaim, SharedAccount } from '@dialtone/domain';
import {
  holdAcknowledgedEntry,
  holdBegunEntry,
  type Contest,
  pausesOfNumber,
  sharingAfter,
  steeringOf,
  writesHeldEvent,
  writesResumedEvent,
  type ConnectionMoment,
  type MisreportedBots,
  type NumberSteering,
  type PlannedPlace,
  type PlanningGround,
  type SweepableConnection,
  type VoiceLinkConnections,
} from '@dialtone/engine';
import { toSweepable } from './in-memory-sweep-queue';
import { didOf, isSweepable, nameOf, type ConnectionRecord, type Tables } from './tables';

export class InMemoryVoiceLinkConnections implements VoiceLinkConnections {
  constructor(private readonly tables: Tables) {}

  holdWrites(id: ConnectionId, reason: string): Promise<void> {
    const row = this.tables.connections.get(id);
    if (row?.writesHeld !== null) return Promise.resolve();
    row.writesHeld = reason;
    this.tables.append([writesHeldEvent(this.momentOf(row), reason)]);
    this.tables.keep([holdBegunEntry(this.momentOf(row), reason)]);
    return Promise.resolve();
  }

  /** Acknowledges a hold, as an operator does. False when the writes were not held. */
  acknowledgeHold(id: ConnectionId, actor: string): boolean {
    const row = this.tables.connections.get(id);
    if (row === undefined || row.writesHeld === null) return false;
    const moment = this.momentOf(row);
    this.tables.append([writesResumedEvent(moment, row.writesHeld, actor)]);
    this.tables.keep([holdAcknowledgedEntry(moment, row.writesHeld, { actor, manager: null, requestId: null })]);
    row.writesHeld = null;
    for (const binding of this.tables.bindings.values()) {
      if (binding.binding.connectionId === id && binding.outcome !== 'settled') this.tables.trigger(binding);
    }
    return true;
  }

  find(id: ConnectionId): Promise<SweepableConnection | null> {
    const row = this.tables.connections.get(id);
    const accountId = this.tables.accountIdOf(id);
    return Promise.resolve(row !== undefined && isSweepable(row) ? { ...toSweepable(row), accountId } : null);
  }

  steering(id: ConnectionId, key: DidKey): Promise<NumberSteering | null> {
    return Promise.resolve(this.steeringBy({ connectionId: id, key, labels: {} }));
  }

  planningGround(numbers: readonly PlannedPlace[]): Promise<readonly (PlanningGround | null)[]> {
    return Promise.all(
      numbers.map(async ({ labels = {}, ...place }) => {
        const steering = this.steeringBy({ ...place, labels });
        if (steering === null) return null;
        const accountId = this.tables.accountIdOf(place.connectionId);
        const contest = this.contestOf(place);
        return { steering, accountId, misreported: await this.misreportedBots(place.connectionId), contest };
      }),
    );
  }

  private contestOf({ connectionId, key }: PlannedPlace): Contest | null {
    const { contest = null } = this.tables.bindings.get(didOf(connectionId, key))?.repairs ?? {};
    return contest !== null && contest.until > this.tables.clock.now() ? contest : null;
  }

  private steeringBy(number: Required<PlannedPlace>): NumberSteering | null {
    const row = this.tables.connections.get(number.connectionId);
    if (row === undefined || !isSweepable(row)) return null;
    const partner = this.tables.partners.get(row.partnerId);
    return steeringOf({
      now: this.tables.clock.now(),
      writesHeld: row.writesHeld,
      modes: { partner: partner?.mode ?? 'enforce', connection: row.mode },
      windows: { partner: partner?.windows ?? [], connection: row.windows },
      pauses: pausesOfNumber(this.tables.pauses, row.partnerId, number),
    });
  }

  misreportedBots(id: ConnectionId): Promise<MisreportedBots> {
    const marks = this.tables.accountOf(id).flatMap((row) => [...row.misreportedBots]);
    return Promise.resolve(new Map(marks.sort(([, a], [, b]) => a - b)));
  }

  markMisreportedBot(id: ConnectionId, botId: number): Promise<void> {
    this.tables.connections.get(id)?.misreportedBots.set(botId, this.tables.clock.now());
    return Promise.resolve();
  }

  unmarkMisreportedBots(id: ConnectionId, botIds: readonly number[], seenAt: number): Promise<void> {
    for (const { misreportedBots: marked } of this.tables.accountOf(id)) {
      for (const botId of botIds) if ((marked.get(botId) ?? seenAt) < seenAt) marked.delete(botId);
    }
    return Promise.resolve();
  }

  noteOwner(id: ConnectionId, resellerId: string | null): Promise<void> {
    const row = this.tables.connections.get(id);
    if (row !== undefined) Object.assign(row, { resellerId, isOwnerKnown: true });
    return Promise.resolve();
  }

  recognise(id: ConnectionId): Promise<void> {
    const row = this.tables.connections.get(id);
    if (row === undefined || !isSweepable(row)) return Promise.resolve();
    this.join(row, this.olderTwin(row)?.accountId ?? row.accountId);
    const others = this.ownAccount(row).filter((other) => other !== id);
    const { advisories, events } = sharingAfter(this.momentOf(row), row.advisories, others);
    row.advisories = advisories;
    this.tables.append(events);
    return Promise.resolve();
  }

  sharedAccount(id: ConnectionId, keys?: readonly DidKey[]): Promise<SharedAccount> {
    const row = this.tables.connections.get(id);
    const connections = row === undefined ? [] : this.ownAccount(row);
    if (connections.length < 2) return Promise.resolve({ connections, claims: [] });
    const claims: NumberClaim[] = [
      ...[...this.tables.bindings.values()].map(({ binding: { connectionId, key } }) => ({
        ...{ connectionId, key },
        isDeclared: true,
        hasAgent: false,
      })),
      ...[...this.tables.phoneNumbers.values()].map(({ connectionId, key, agentId }) => ({
        ...{ connectionId, key },
        isDeclared: false,
        hasAgent: agentId !== null,
      })),
    ].filter((claim) => connections.includes(claim.connectionId) && (keys?.includes(claim.key) ?? true));
    return Promise.resolve({ connections, claims });
  }

  /** What its lists have shown goes with it, unless the partner remembers lists of that account already. */
  private join(row: ConnectionRecord, accountId: string): void {
    const { listMemories } = this.tables;
    const own = [...listMemories.values()].filter(
      (memory) => memory.accountId === row.accountId && memory.partnerId === row.partnerId,
    );
    if (row.accountId === accountId) return;
    row.accountId = accountId;
    for (const memory of own) {
      const name = nameOf({ ...memory, accountId });
      if (!listMemories.has(name)) listMemories.set(name, { ...memory, accountId });
      const isRead = [...this.tables.connections.values()].some(
        (other) => other.accountId === memory.accountId && other.partnerId === memory.partnerId,
      );
      if (!isRead) listMemories.delete(nameOf(memory));
    }
  }

  private olderTwin({ id, login, resellerId }: ConnectionRecord): ConnectionRecord | undefined {
    const rows = [...this.tables.connections.values()];
    return rows
      .slice(
        0,
        rows.findIndex((row) => row.id === id),
      )
      .find(
        (row) => isSweepable(row) && (row.login === login || (resellerId !== null && row.resellerId === resellerId)),
      );
  }

  private ownAccount({ id, partnerId }: ConnectionRecord): readonly ConnectionId[] {
    return this.tables.accountOf(id).flatMap((row) => (row.partnerId === partnerId ? [row.id] : []));
  }

  private momentOf({ id, partnerId }: ConnectionRecord): ConnectionMoment {
    return { connectionId: id, partnerId, now: this.tables.clock.now() };
  }
}
