import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For a statement that checks its own premises: how it ends itself with a state of its own, and how it counts under a lock. */
export class LostRace1764520000001 implements MigrationInterface {
  readonly name = 'LostRace1764520000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function lost_race() returns text language plpgsql volatile as $$
        begin raise exception 'what this statement was decided on has changed' using errcode = 'DT001'; end $$;
      -- Counts what is there once the lock is held: the statement that calls it sees the rows of its own start.
      create function count_bindings_locked(partner uuid) returns bigint language plpgsql volatile as $$
        begin
          perform 1 from partners where id = partner for no key update;
          return (select count(*) from bindings where partner_id = partner);
        end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function lost_race(), count_bindings_locked(uuid)');
  }
}
