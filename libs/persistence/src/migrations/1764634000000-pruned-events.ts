import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Beside the last position that was given, the last one whose event is deleted: who stopped reading before it has missed something.
 * A trigger notes it, so that processes of the release before note it too. Positions are given without a gap: the last one that
 * is missing now was deleted.
 */
export class PrunedEvents1764634000000 implements MigrationInterface {
  readonly name = 'PrunedEvents1764634000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table cursors add column pruned_to bigint not null default 0;

      create function note_pruned_events() returns trigger language plpgsql as $$
      declare
        last bigint;
      begin
        select max(position) into last from gone;
        update cursors set pruned_to = last where name = 'sequencer' and pruned_to < last;
        return null;
      end $$;
      create trigger pruned_events after delete on event_log referencing old table as gone
        for each statement execute function note_pruned_events();

      update cursors set pruned_to = coalesce((
          select max(position) - 1
            from (select position, lag(position, 1, 0::bigint) over (order by position) as before
                    from (select position from event_log where position is not null
                          union all select position + 1 from cursors where name = 'sequencer') given) gaps
           where position - 1 > before), 0)
       where name = 'sequencer';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger pruned_events on event_log;
      drop function note_pruned_events();
      alter table cursors drop column pruned_to;
    `);
  }
}
