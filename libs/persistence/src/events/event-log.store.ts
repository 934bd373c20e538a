import type { StoredEvent } from '@dialtone/contracts';
import type { EventLog, LogPage, LogPart, LogStretch } from '@dialtone/engine';
import { firstRow, type Queryable, rows } from '../db';
import { EVENT_COLUMNS, eventsIn, toEvent, type EventRow } from './event-rows';

/** The mark comes as a row of its own when there is no event. One statement: all of it is of one moment. */
const READ_ON = `
  select m.position as end, e.* from cursors m
    left join lateral (
      select ${EVENT_COLUMNS} from event_log
       where position > $1 and position <= least(m.position, $1 + $4::bigint) and type <> all($3::text[])
       order by position limit $2
    ) e on true
   where m.name = 'sequencer' order by e.position`;

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

  async readOn(after: bigint, limit: number, { except, span }: LogStretch): Promise<LogPage> {
    const found = await rows<EventRow & { readonly end: string }>(this.db, READ_ON, [
      after.toString(),
      limit,
      except,
      span,
    ]);
    const end = BigInt(found[0]?.end ?? 0);
    const events = eventsIn(found);
    const last = after + BigInt(span) < end ? after + BigInt(span) : end;
    return { events, until: events.length < limit ? last : (events.at(-1)?.position ?? last), end };
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
