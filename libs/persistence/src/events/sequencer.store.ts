import type { EventSequencer, Numbered } from '@dialtone/engine';
import { firstRow, type Queryable, rows } from '../db';
import { eventsIn, type EventRow } from './event-rows';

/**
 * Ids are drawn before a transaction commits, so an id may become visible after a higher one, and a reader that remembers
 * ids would miss it. Visible rows get positions. Two events of one DID keep their order, because the later transaction draws
 * its ids after the earlier one has released the DID's row.
 *
 * The function (see its migration) takes the sequencer's lock before it looks, all in one round trip: every event waits for this.
 */
export class EventSequencerStore implements EventSequencer {
  constructor(private readonly db: Queryable) {}

  async assign(limit: number): Promise<number> {
    const row = await firstRow<{ count: number }>(this.db, 'select number_events($1) as count', [limit]);
    return row?.count ?? 0;
  }

  async assignAndShow(limit: number, shown: number): Promise<Numbered> {
    const statement = 'select * from number_and_read_events($1, $2)';
    const found = await rows<EventRow & { readonly numbered: number }>(this.db, statement, [limit, shown]);
    return { count: found[0]?.numbered ?? 0, events: eventsIn(found) };
  }
}
