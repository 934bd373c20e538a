import type { EventWatch, WatchedEvent, WatchedPage } from '@dialtone/engine';
import { type Queryable, rows } from '../db';
import { EVENT_COLUMNS, toEvent, type EventRow } from './event-rows';

type WatchedRow = EventRow & {
  readonly partner_id: string;
  readonly end: string;
  readonly pruned_to: string;
  readonly agent_id: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
};

/** The marks come as a row of their own when there is no event. One statement: all of it is of one moment. */
const READ = (ofPartner: string): string => `
  select m.position as end, m.pruned_to, e.*, b.agent_id, b.labels
    from cursors m
    left join lateral (
      select ${EVENT_COLUMNS}, partner_id from event_log
       where position > $1 and position <= m.position ${ofPartner} order by position limit $2
    ) e on true
    left join bindings b on b.connection_id = e.connection_id and b.key = e.key
   where m.name = 'sequencer'
   order by e.position`;

const toWatched = ({ agent_id: agentId, labels, partner_id, ...row }: WatchedRow): WatchedEvent =>
  ({ ...toEvent(row), partner_id, declared: agentId === null ? null : { agentId, labels } }) as WatchedEvent;

export class EventWatchStore implements EventWatch {
  constructor(private readonly db: Queryable) {}

  async read({ partnerId, after, limit }: Parameters<EventWatch['read']>[0]): Promise<WatchedPage> {
    const found = await rows<WatchedRow>(this.db, READ(partnerId === undefined ? '' : 'and partner_id = $3'), [
      after.toString(),
      limit,
      ...(partnerId === undefined ? [] : [partnerId]),
    ]);
    const [marks] = found;
    const events = found.filter(({ event_id: id }) => (id as string | null) !== null).map(toWatched);
    const end = BigInt(marks?.end ?? 0);
    return {
      events,
      until: events.length < limit ? end : (events.at(-1)?.position ?? end),
      end,
      prunedTo: BigInt(marks?.pruned_to ?? 0),
    };
  }
}
