import type { ConnectionId, SectionWarning } from '@dialtone/domain';
import {
  type ClaimedSweep,
  type SweepableConnection,
  type SweepReport,
  sweepResource,
  type SweepQueue,
} from '@dialtone/engine';
import type { ConnectionRecord, NewEvent, Tables } from './tables';

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
    return { connection: toSweepable(row), lease };
  }

  completeSweep({ connection, lease }: ClaimedSweep, report: SweepReport, nextInMs: number): Promise<void> {
    const row = this.tables.connections.get(connection.id);
    if (!this.tables.end(lease) || row === undefined) return Promise.resolve();
    const now = this.tables.clock.now();
    const before = row.warnings;
    const warnings = report.warnings ?? before;
    row.warnings = warnings;
    row.lastError = report.error;
    row.sweepDueAt = row.sweepRequested ? now : now + nextInMs;
    const cleared = before.filter((was) => !warnings.some((is) => sameWarning(was, is)));
    const raised = warnings.filter((is) => !before.some((was) => sameWarning(was, is)));
    this.tables.append([
      ...cleared.map((warning) => this.warning(row, 'dialtone.warning.cleared.v1', warning)),
      ...raised.map((warning) => this.warning(row, 'dialtone.warning.raised.v1', warning)),
    ]);
    return Promise.resolve();
  }

  private scope(row: ConnectionRecord): { connection_id: string; partner_id: string; occurred_at: string } {
    const occurredAt = new Date(this.tables.clock.now()).toISOString();
    return { connection_id: row.id, partner_id: row.partnerId, occurred_at: occurredAt };
  }

  private warning(
    row: ConnectionRecord,
    type: 'dialtone.warning.raised.v1' | 'dialtone.warning.cleared.v1',
    { section, code, message }: SectionWarning,
  ): NewEvent {
    const data = { ...this.scope(row), section, code, message };
    return { type, connection_id: row.id, key: null, seq: null, data };
  }
}

export const isSweepable = (row: ConnectionRecord): boolean => row.status === 'ACTIVE' && row.provider === 'voicelink';

export const toSweepable = ({ id, partnerId, writesHeld }: ConnectionRecord): SweepableConnection => ({
  id,
  partnerId,
  writesHeld,
});

const sameWarning = (a: SectionWarning, b: SectionWarning): boolean => a.section === b.section && a.code === b.code;
