import type { ConnectionId, ListMemory, RememberedSection } from '@dialtone/domain';
import type { ListMemories, RecalledList } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, json, ms } from '../db';

interface RecalledRow {
  readonly now: number;
  readonly held: string | null;
  /** int8 comes as text; null: nothing is stored. */
  readonly version: string | null;
  readonly memory: ListMemory | null;
}

/** What complete lists of VoiceLink have shown. Each statement is a transaction of its own and locks one row. */
export class ListMemoryStore implements ListMemories {
  constructor(private readonly ds: DataSource) {}

  async recall(connectionId: ConnectionId, section: RememberedSection, known: number | null): Promise<RecalledList> {
    const row = await firstRow<RecalledRow>(
      this.ds,
      `select ${ms('clock_timestamp()')} as now, c.writes_held as held, m.version,
              case when m.version is distinct from $3 then m.memory end as memory
         from (select 1) one
         left join connections c on c.id = $1
         left join list_memories m on m.connection_id = $1 and m.section = $2`,
      [connectionId, section, known],
    );
    if (row === null) throw new Error('A left join of one row has one row.');
    const { now, held: writesHeld, version, memory } = row;
    return { now, writesHeld, stored: version === null ? null : { version: Number(version), memory } };
  }

  async save(
    connectionId: ConnectionId,
    section: RememberedSection,
    memory: ListMemory,
    basis: number | null,
  ): Promise<number | null> {
    const since = `to_timestamp($4::float8 / 1000)`;
    const values = [connectionId, section, json(memory), memory.suspectSince];
    const row =
      basis === null
        ? await firstRow<{ version: string }>(
            this.ds,
            `insert into list_memories (connection_id, section, version, memory, suspect_since) values ($1, $2, 1, $3, ${since})
             on conflict (connection_id, section) do nothing returning version`,
            values,
          )
        : await firstRow<{ version: string }>(
            this.ds,
            `update list_memories set version = version + 1, memory = $3, suspect_since = ${since}
              where connection_id = $1 and section = $2 and version = $5 returning version`,
            [...values, basis],
          );
    return row === null ? null : Number(row.version);
  }

  async vouch(connectionId: ConnectionId, section: RememberedSection, version: number, at: number): Promise<void> {
    await this.ds.query(
      `update list_memories set whole_at = greatest(whole_at, to_timestamp($4::float8 / 1000))
        where connection_id = $1 and section = $2 and version = $3`,
      [connectionId, section, version, at],
    );
  }
}
