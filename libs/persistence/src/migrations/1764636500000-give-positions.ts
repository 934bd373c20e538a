import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Gives a transaction positions for the events that it is about to log, as its last act before the commit: the lock of the sequencer,
 * which it takes, is held until then, so positions are given in the order of commits. What is visible without a position comes first:
 * events of the same number are older. Null: there is more of it than one look numbers, and the sequencer is to number these, too.
 *
 * A process that is paused before it commits would keep all others from giving positions. Its session ends after two seconds.
 */
export class GivePositions1764636500000 implements MigrationInterface {
  readonly name = 'GivePositions1764636500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function give_positions(wanted int) returns bigint language plpgsql volatile as $$
        declare base bigint;
        begin
          perform pg_advisory_xact_lock(5107402612);
          perform set_config('idle_in_transaction_session_timeout', '2000', true);
          perform number_events(1000);
          if exists (select 1 from event_log where position is null) then return null; end if;
          update cursors set position = position + wanted, updated_at = now() where name = 'sequencer'
            returning position - wanted into base;
          return base;
        end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function give_positions(int)');
  }
}
