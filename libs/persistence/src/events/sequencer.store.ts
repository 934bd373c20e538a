import type { EventSequencer } from '@dialtone/engine';
import type { DataSource } from 'typeorm';
import { firstRow, wake } from '../db';

/** Any fixed number; only the sequencer uses it. */
const SEQUENCER_LOCK = 5_107_402_612;

/**
 * Ids are drawn before a transaction commits, so an id may become visible after a higher one, and a reader that remembers
 * ids would miss it. Visible rows get positions. Two events of one DID keep their order, because the later transaction draws
 * its ids after the earlier one has released the DID's row.
 */
const ASSIGN = `
  with batch as (
    select id, row_number() over (order by id) as nth
      from (select id from event_log where position is null order by id limit $1) oldest
  ), moved as (
    update cursors set position = position + (select count(*) from batch), updated_at = now()
     where name = 'sequencer' and exists (select 1 from batch)
    returning position - (select count(*) from batch) as base
  ), assigned as (
    update event_log e set position = moved.base + batch.nth from batch, moved where e.id = batch.id returning 1
  )
  select count(*)::int as count from assigned`;

export class EventSequencerStore implements EventSequencer {
  constructor(private readonly ds: DataSource) {}

  assign(limit: number): Promise<number> {
    return this.ds.transaction(async (tx) => {
      // Must precede the statement whose snapshot determines the visible rows.
      await tx.query('select pg_advisory_xact_lock($1)', [SEQUENCER_LOCK]);
      const row = await firstRow<{ count: number }>(tx, ASSIGN, [limit]);
      const count = row?.count ?? 0;
      if (count > 0) await wake(tx);
      return count;
    });
  }
}
