import type { Asked, ConnectionId, ListMemory, RememberedSection } from '@dialtone/domain';
import type { ListMemories, RecalledList } from '@dialtone/engine';
import { type ListMemoryRecord, nameOf, type Tables } from './tables';

export class InMemoryListMemories implements ListMemories {
  private versions = 0;

  constructor(private readonly tables: Tables) {}

  recall(connectionId: ConnectionId, section: RememberedSection, known: number | null): Promise<RecalledList> {
    const row = this.find(connectionId, section);
    const stored =
      row === undefined ? null : { version: row.version, memory: row.version === known ? null : row.memory };
    return Promise.resolve({ now: this.tables.clock.now(), connections: this.connectionsBeside(connectionId), stored });
  }

  save(
    connectionId: ConnectionId,
    section: RememberedSection,
    memory: ListMemory,
    basis: number | null,
  ): Promise<number | null> {
    const before = this.find(connectionId, section);
    const partnerId = this.tables.connections.get(connectionId)?.partnerId;
    if (partnerId === undefined || (before?.version ?? null) !== basis) return Promise.resolve(null);
    this.versions += 1;
    const place = { accountId: this.tables.accountIdOf(connectionId), partnerId, section };
    // As a store has it: not the object that the caller goes on using.
    const kept = JSON.parse(JSON.stringify(memory)) as ListMemory;
    const row = { ...place, version: this.versions, memory: kept, wholeAt: before?.wholeAt ?? null };
    this.tables.listMemories.set(nameOf(row), row);
    return Promise.resolve(row.version);
  }

  vouch(connectionId: ConnectionId, section: RememberedSection, version: number, at: number): Promise<void> {
    const row = this.find(connectionId, section);
    if (row?.version === version) row.wholeAt = Math.max(row.wholeAt ?? at, at);
    return Promise.resolve();
  }

  botsShownToOthers(connectionId: ConnectionId, clientId: number, since: number): Promise<readonly number[]> {
    const accountId = this.tables.accountIdOf(connectionId);
    const partnerId = this.tables.connections.get(connectionId)?.partnerId;
    const others = [...this.tables.listMemories.values()].filter(
      (row) => row.accountId === accountId && row.partnerId !== partnerId && row.section === 'bots',
    );
    return Promise.resolve(others.flatMap((row) => this.shown(row, clientId, since)));
  }

  private shown({ memory, partnerId, accountId }: ListMemoryRecord, clientId: number, since: number): number[] {
    const isWatched = [...this.tables.connections.values()].some(
      (row) => row.accountId === accountId && row.partnerId === partnerId && (row.observedThrough ?? 0) >= since,
    );
    const missing = memory.missing.flatMap((group) => (group.since >= since ? group.rows : []));
    const bots = [...(isWatched ? memory.listed : []), ...missing];
    return bots.filter((bot) => memory.clients[bot] === clientId).map(Number);
  }

  /** The row, as it is stored. */
  find(connectionId: ConnectionId, section: RememberedSection): ListMemoryRecord | undefined {
    const partnerId = this.tables.connections.get(connectionId)?.partnerId;
    if (partnerId === undefined) return undefined;
    return this.tables.listMemories.get(
      nameOf({ accountId: this.tables.accountIdOf(connectionId), partnerId, section }),
    );
  }

  private connectionsBeside(id: ConnectionId): readonly Asked[] {
    const partnerId = this.tables.connections.get(id)?.partnerId;
    return this.tables
      .accountOf(id)
      .filter((row) => row.partnerId === partnerId)
      .map((row) => ({ connectionId: row.id, writesHeld: row.writesHeld }));
  }
}
