import type { ConnectionId } from '@dialtone/domain';
import {
  writesHeldEvent,
  writesResumedEvent,
  type ConnectionMoment,
  type MisreportedBots,
  type SweepableConnection,
  type VoiceLinkConnections,
} from '@dialtone/engine';
import { isSweepable, toSweepable } from './in-memory-sweep-queue';
import type { ConnectionRecord, Tables } from './tables';

export class InMemoryVoiceLinkConnections implements VoiceLinkConnections {
  constructor(private readonly tables: Tables) {}

  holdWrites(id: ConnectionId, reason: string): Promise<void> {
    const row = this.tables.connections.get(id);
    if (row?.writesHeld !== null) return Promise.resolve();
    row.writesHeld = reason;
    this.tables.append([writesHeldEvent(this.momentOf(row), reason)]);
    return Promise.resolve();
  }

  /** Acknowledges a hold, as an operator does. False when the writes were not held. */
  acknowledgeHold(id: ConnectionId, actor: string): boolean {
    const row = this.tables.connections.get(id);
    if (row === undefined || row.writesHeld === null) return false;
    this.tables.append([writesResumedEvent(this.momentOf(row), row.writesHeld, actor)]);
    row.writesHeld = null;
    for (const binding of this.tables.bindings.values()) {
      if (binding.binding.connectionId === id && binding.outcome !== 'settled') this.tables.trigger(binding);
    }
    return true;
  }

  find(id: ConnectionId): Promise<SweepableConnection | null> {
    const row = this.tables.connections.get(id);
    return Promise.resolve(row !== undefined && isSweepable(row) ? toSweepable(row) : null);
  }

  misreportedBots(id: ConnectionId): Promise<MisreportedBots> {
    return Promise.resolve(new Map(this.tables.connections.get(id)?.misreportedBots));
  }

  markMisreportedBot(id: ConnectionId, botId: number): Promise<void> {
    this.tables.connections.get(id)?.misreportedBots.set(botId, this.tables.clock.now());
    return Promise.resolve();
  }

  unmarkMisreportedBots(id: ConnectionId, botIds: readonly number[], seenAt: number): Promise<void> {
    const marked = this.tables.connections.get(id)?.misreportedBots;
    for (const botId of botIds) if ((marked?.get(botId) ?? seenAt) < seenAt) marked?.delete(botId);
    return Promise.resolve();
  }

  private momentOf({ id, partnerId }: ConnectionRecord): ConnectionMoment {
    return { connectionId: id, partnerId, now: this.tables.clock.now() };
  }
}
