import type { StoredEvent } from '@dialtone/contracts';
import type { EventLog, LogPart } from '@dialtone/engine';
import { firstRow, type Queryable, rows } from '../db';
import { EVENT_COLUMNS, toEvent, type EventRow } from './event-rows';

export class EventLogStore implements EventLog {
  constructor(private readonly db: Queryable) {}

  async read(afterPosition: bigint, limit: number, part?: LogPart): Promise<readonly StoredEvent[]> {
    const found = await rows<EventRow>(
      this.db,
      `select ${EVENT_COLUMNS} from event_log
        where position > $1 and ($3::bigint is null or position <= $3) and type <> all($4::text[])
        order by position limit $2`,
      [afterPosition.toString(), limit, part?.until.toString() ?? null, part?.except ?? []],
    );
    return found.map(toEvent);
  }

  async lastPosition(): Promise<bigint> {
    const row = await firstRow<{ position: string }>(this.db, `select position from cursors where name = 'sequencer'`);
    return BigInt(row?.position ?? 0);
  }

  async prune({ cursorOf, olderThanMs, limit }: Parameters<EventLog['prune']>[0]): Promise<number> {
    const pruned = await rows(
      this.db,
      `delete from event_log where id in (
         select e.id from event_log e
           join unnest($1::text[], $2::text[]) as reader (type, cursor) on reader.type = e.type
           join cursors c on c.name = reader.cursor
          where e.position <= c.position and e.created_at < now() - $3 * interval '1 millisecond'
          order by e.position limit $4 for update of e skip locked
       ) returning 1`,
      [Object.keys(cursorOf), Object.values(cursorOf), olderThanMs, limit],
    );
    return pruned.length;
  }
}
