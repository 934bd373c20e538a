import type { ConnectionId } from '@dialtone/domain';
import type { MisreportedBots, SweepableConnection, VoiceLinkConnections } from '@dialtone/engine';
import { isSweepable, toSweepable } from './in-memory-sweep-queue';
import type { ConnectionRecord, Tables } from './tables';

export class InMemoryVoiceLinkConnections implements VoiceLinkConnections {
  constructor(private readonly tables: Tables) {}

  holdWrites(id: ConnectionId, reason: string): Promise<void> {
    const row = this.tables.connections.get(id);
    if (row?.writesHeld !== null) return Promise.resolve();
    row.writesHeld = reason;
    const data = { ...this.scope(row), reason };
    this.tables.append([{ type: 'dialtone.writes.held.v1', connection_id: id, key: null, seq: null, data }]);
    return Promise.resolve();
  }

  /** What an operator does. False when nothing was held. */
  acknowledgeHold(id: ConnectionId, actor: string): boolean {
    const row = this.tables.connections.get(id);
    if (row === undefined || row.writesHeld === null) return false;
    const data = { ...this.scope(row), reason: row.writesHeld, actor };
    row.writesHeld = null;
    this.tables.append([{ type: 'dialtone.writes.resumed.v1', connection_id: id, key: null, seq: null, data }]);
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

  private scope(row: ConnectionRecord): { connection_id: string; partner_id: string; occurred_at: string } {
    const occurredAt = new Date(this.tables.clock.now()).toISOString();
    return { connection_id: row.id, partner_id: row.partnerId, occurred_at: occurredAt };
  }
}
