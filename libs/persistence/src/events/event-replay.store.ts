import type { StoredEvent } from '@dialtone/contracts';
import type { EventReplay, ReplayPart } from '@dialtone/engine';
import { firstRow, type Queryable, rows } from '../db';
import { EVENT_COLUMNS, toEvent, type EventRow } from './event-rows';

/** Later ones count also before they are numbered, or delivered. */
const LATEST = `select distinct on (connection_id, key) position, created_at
  from event_log where type = any($1::text[]) order by connection_id, key, seq desc`;
const ALL = 'select position, created_at from event_log where type = any($1::text[])';

export class EventReplayStore implements EventReplay {
  constructor(private readonly db: Queryable) {}

  async find({ types, cursor, after, from, to, latestOnly }: ReplayPart): ReturnType<EventReplay['find']> {
    const found = await firstRow<{ readonly positions: readonly string[]; readonly until: string }>(
      this.db,
      `with reader as (select coalesce((select position from cursors where name = $2), 0) as until)
       select r.until, coalesce(array_agg(e.position order by e.position) filter (where e.position is not null), '{}') as positions
         from reader r left join (${latestOnly ? LATEST : ALL}) e on e.position > $3 and e.position <= r.until
          and e.created_at >= to_timestamp($4::float8 / 1000)
          and ($5::float8 is null or e.created_at < to_timestamp($5::float8 / 1000))
        group by r.until`,
      [types, cursor, after.toString(), from, to],
    );
    return { positions: (found?.positions ?? []).map(BigInt), until: BigInt(found?.until ?? 0) };
  }

  async read(positions: readonly bigint[]): Promise<readonly StoredEvent[]> {
    const found = await rows<EventRow>(
      this.db,
      `select ${EVENT_COLUMNS} from event_log where position = any($1::bigint[]) order by position`,
      [positions.map(String)],
    );
    return found.map(toEvent);
  }

  async undelivered(...[type, cursor]: Parameters<EventReplay['undelivered']>): Promise<ReadonlySet<string>> {
    const found = await rows<{ readonly record_key: string }>(
      this.db,
      `select distinct concat_ws('/', connection_id::text, key) as record_key from event_log
        where type = $1 and (position is null or position > coalesce((select position from cursors where name = $2), 0))`,
      [type, cursor],
    );
    return new Set(found.map(({ record_key: key }) => key));
  }
}
