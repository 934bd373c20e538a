import type { StoredEvent } from '@dialtone/contracts';
import type { EventLog } from '@dialtone/engine';
import { firstRow, type Queryable, rows } from '../db';

const COLUMNS = 'position, event_id, type, connection_id, key, seq, data, created_at';

type EventRow = Omit<StoredEvent, 'position' | 'seq'> & { readonly position: string; readonly seq: string | null };

const toEvent = (row: EventRow): StoredEvent =>
  ({ ...row, position: BigInt(row.position), seq: row.seq === null ? null : Number(row.seq) }) as StoredEvent;

const POSITION_OF_CURSOR = `coalesce((select position from cursors where name = $1), 0)`;

export class EventLogStore implements EventLog {
  constructor(private readonly db: Queryable) {}

  async read(afterPosition: bigint, limit: number): Promise<readonly StoredEvent[]> {
    const found = await rows<EventRow>(
      this.db,
      `select ${COLUMNS} from event_log where position > $1 order by position limit $2`,
      [afterPosition.toString(), limit],
    );
    return found.map(toEvent);
  }

  async readPartner(partnerId: string, afterPosition: bigint, limit: number): Promise<readonly StoredEvent[]> {
    const found = await rows<EventRow>(
      this.db,
      `select ${COLUMNS} from event_log where partner_id = $1 and position > $2 order by position limit $3`,
      [partnerId, afterPosition.toString(), limit],
    );
    return found.map(toEvent);
  }

  async lastPosition(): Promise<bigint> {
    const row = await firstRow<{ position: string }>(this.db, `select position from cursors where name = 'sequencer'`);
    return BigInt(row?.position ?? 0);
  }

  async prune({ cursor, olderThanMs, limit }: Parameters<EventLog['prune']>[0]): Promise<number> {
    const pruned = await rows(
      this.db,
      `delete from event_log where id in (
         select id from event_log
          where position <= ${POSITION_OF_CURSOR} and created_at < now() - $2 * interval '1 millisecond'
          order by position limit $3 for update skip locked
       ) returning 1`,
      [cursor, olderThanMs, limit],
    );
    return pruned.length;
  }
}
