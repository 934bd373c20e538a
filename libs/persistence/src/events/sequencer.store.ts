import type { EventSequencer } from '@dialtone/engine';
import { firstRow, type Queryable } from '../db';

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
}
