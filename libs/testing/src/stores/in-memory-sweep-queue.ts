import type { ConnectionId } from '@dialtone/domain';
import {
  type ClaimedSweep,
  type SweepableConnection,
  sweepFindings,
  type SweepReport,
  sweepResource,
  type SweepQueue,
  warningsAfter,
} from '@dialtone/engine';
import { isSweepable, type ConnectionRecord, type Tables } from './tables';

export class InMemorySweepQueue implements SweepQueue {
  constructor(private readonly tables: Tables) {}

  claimSweep(owner: string, leaseTtlMs: number): Promise<ClaimedSweep | null> {
    const { tables } = this;
    const now = tables.clock.now();
    const [due] = [...tables.connections.values()]
      .filter((row) => isSweepable(row) && row.sweepDueAt <= now && !tables.isHeld(sweepResource(row.id)))
      .sort((a, b) => a.sweepDueAt - b.sweepDueAt);
    return Promise.resolve(due === undefined ? null : this.claim(due, owner, leaseTtlMs));
  }

  claimSweepOf(id: ConnectionId, owner: string, leaseTtlMs: number): Promise<ClaimedSweep | null> {
    const row = this.tables.connections.get(id);
    return Promise.resolve(row !== undefined && isSweepable(row) ? this.claim(row, owner, leaseTtlMs) : null);
  }

  private claim(row: ConnectionRecord, owner: string, leaseTtlMs: number): ClaimedSweep | null {
    const lease = this.tables.grant(sweepResource(row.id), owner, leaseTtlMs);
    if (lease === null) return null;
    row.sweepRequested = false;
    row.sweepStartedAt = this.tables.clock.now();
    return { connection: toSweepable(row), lease };
  }

  completeSweep({ connection, lease }: ClaimedSweep, report: SweepReport, nextInMs: number): Promise<void> {
    const row = this.tables.connections.get(connection.id);
    if (!this.tables.end(lease) || row === undefined) return Promise.resolve();
    const now = this.tables.clock.now();
    const moment = { connectionId: row.id, partnerId: row.partnerId, now };
    const { warnings, events } = warningsAfter(moment, row.warnings, report);
    row.warnings = warnings;
    row.lastError = report.error;
    if (sweepFindings(report).hasRead) row.observedThrough = row.sweepStartedAt;
    row.sweepDueAt = row.sweepRequested ? now : now + nextInMs;
    this.tables.append(events);
    return Promise.resolve();
  }
}

export const toSweepable = (row: ConnectionRecord): SweepableConnection => {
  const { id, partnerId, writesHeld, accountId, isOwnerKnown } = row;
  return { id, partnerId, writesHeld, accountId, isOwnerKnown };
};
