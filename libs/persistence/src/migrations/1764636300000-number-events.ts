import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Gives unnumbered events their positions in one statement. The lock, which versions before this one take by a statement of their own,
 * precedes the look at what is visible: a function sees the rows of each of its statements' start. The notification tells its receivers
 * that readers of the log can go on, and nothing else became due.
 */
export class NumberEvents1764636300000 implements MigrationInterface {
  readonly name = 'NumberEvents1764636300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function number_events(most int) returns int language plpgsql volatile as $$
        declare numbered int;
        begin
          perform pg_advisory_xact_lock(5107402612);
          with batch as (
            select id, row_number() over (order by id) as nth
              from (select id from event_log where position is null order by id limit most) oldest
          ), moved as (
            update cursors set position = position + (select count(*) from batch), updated_at = now()
             where name = 'sequencer' and exists (select 1 from batch)
            returning position - (select count(*) from batch) as base
          ), assigned as (
            update event_log e set position = moved.base + batch.nth from batch, moved where e.id = batch.id returning 1
          )
          select count(*) into numbered from assigned;
          if numbered > 0 then perform pg_notify('dialtone', 'numbered'); end if;
          return numbered;
        end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function number_events(int)');
  }
}
