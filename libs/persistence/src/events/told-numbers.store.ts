import type { Issue, ReadinessState } from '@dialtone/domain';
import type { ToldNumber, ToldNumbers } from '@dialtone/engine';
import { type Queryable, rows } from '../db';

interface ToldRow {
  readonly connection_id: string;
  readonly key: string;
  readonly state: ReadinessState;
  readonly issues: readonly Issue[];
  readonly event_seq: string;
}

/** While a verdict flaps, its changes are not told. */
const READ = `
  select connection_id, key, event_seq,
         coalesce(flap -> 'flapping' -> 'told' ->> 'state', state) as state,
         coalesce(flap -> 'flapping' -> 'told' -> 'issues', issues) as issues
    from dids where $1::uuid is null or (connection_id, key) > ($1, $2)
   order by connection_id, key limit $3`;

export class ToldNumberStore implements ToldNumbers {
  constructor(private readonly db: Queryable) {}

  async read(after: string | null, limit: number): Promise<readonly ToldNumber[]> {
    const [connectionId = null, key = null] = after?.split('/') ?? [];
    const found = await rows<ToldRow>(this.db, READ, [connectionId, key, limit]);
    return found.map((row) => ({
      recordKey: `${row.connection_id}/${row.key}`,
      state: row.state,
      issues: row.issues,
      eventSeq: Number(row.event_seq),
    }));
  }
}
