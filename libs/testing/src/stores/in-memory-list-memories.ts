import type { ConnectionId, ListMemory, RememberedSection } from '@dialtone/domain';
import type { ListMemories, RecalledList } from '@dialtone/engine';
import type { Tables } from './tables';

export class InMemoryListMemories implements ListMemories {
  constructor(private readonly tables: Tables) {}

  recall(connectionId: ConnectionId, section: RememberedSection, known: number | null): Promise<RecalledList> {
    const row = this.tables.listMemories.get(`${connectionId}/${section}`);
    const writesHeld = this.tables.connections.get(connectionId)?.writesHeld ?? null;
    const stored =
      row === undefined ? null : { version: row.version, memory: row.version === known ? null : row.memory };
    return Promise.resolve({ now: this.tables.clock.now(), writesHeld, stored });
  }

  save(
    connectionId: ConnectionId,
    section: RememberedSection,
    memory: ListMemory,
    basis: number | null,
  ): Promise<number | null> {
    const name = `${connectionId}/${section}`;
    if ((this.tables.listMemories.get(name)?.version ?? null) !== basis) return Promise.resolve(null);
    const version = (basis ?? 0) + 1;
    const wholeAt = this.tables.listMemories.get(name)?.wholeAt ?? null;
    // As a store has it: not the object that the caller goes on using.
    this.tables.listMemories.set(name, { version, memory: structuredClone(memory), wholeAt });
    return Promise.resolve(version);
  }

  vouch(connectionId: ConnectionId, section: RememberedSection, version: number, at: number): Promise<void> {
    const row = this.tables.listMemories.get(`${connectionId}/${section}`);
    if (row?.version === version) row.wholeAt = Math.max(row.wholeAt ?? at, at);
    return Promise.resolve();
  }
}
